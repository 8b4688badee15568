import assert from 'node:assert/strict';
import { it } from 'node:test';
import { renderCataloguePage } from './catalogue-page.ts';
import { openShipped } from './shipped.ts';

it('has every model with its price, its parameters and its sources', () => {
  const page = renderCataloguePage();
  for (const name of openShipped().names) assert.ok(page.includes(`### \`${name}\``), name);
  assert.ok(page.includes('| [`flux-schnell`](#fal) | image | fal, replicate | 0.3 a picture | 3m |'));
  assert.ok(page.includes('- `duration`: 4 to 12, default `5`. Seconds.'));
  assert.ok(page.includes('- `image_urls` (required): at most 1, jpeg png webp, max bytes 10MB'));
  assert.match(page, /- sources: parameters https:/);
  assert.ok(!page.includes('undefined') && !page.includes('[object'));
});
