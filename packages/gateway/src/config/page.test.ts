import assert from 'node:assert/strict';
import { it } from 'node:test';
import { readConfig } from './config.ts';
import { renderConfigurationPage } from './page.ts';

const page = renderConfigurationPage();

it('has a row with value, default and meaning for each key', () => {
  for (const row of [
    '| `server.port` | whole number, from 0 to 65,535 | `8787` | The port to listen on; 0 takes a free one. |',
    '| `retention.links` | duration | `24h` | How long result links work. |',
    '| `models.<name>.routes[].provider` | text | required | A name under `providers`. |',
  ]) {
    assert.ok(page.includes(row), row);
  }
  for (const key of [
    'models.<name>.inputs.image_urls.must_match',
    'accounts.<name>.credits',
    'SLUICE_DATA',
  ]) {
    assert.ok(page.includes(`| \`${key}\` |`), key);
  }
  assert.ok(!page.includes('undefined') && !page.includes('[object'));
});

it('shows an example that is accepted', () => {
  const [, example] = /```yaml\n([\s\S]*?)```/.exec(page) ?? [];
  assert.equal(readConfig(example ?? 'none', '/srv', {}).kind, 'ok');
});
