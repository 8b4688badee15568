/** What docs/providers.md shows is accepted as it stands. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';
import { isRecord } from '../catalog/faults.ts';
import { readConfig } from './config.ts';
import { PROVIDER_SECTIONS } from './schema-provider.ts';

const page = readFileSync(new URL('../../../../docs/providers.md', import.meta.url), 'utf8');
const EVERYONE = `providers:
  fal: { adapter: fal, api_key: "\${KEY}" }
  ark: { adapter: ark, api_key: "\${KEY}" }
  replicate: { adapter: replicate, api_key: "\${KEY}" }
`;

const examples = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => text);
for (const [index, example] of examples.entries()) {
  it(`example ${index + 1} is accepted`, () => {
    const providers = /^providers:/m.test(example) ? '' : EVERYONE;
    const models = /^(models|catalogue):/m.test(example) ? '' : 'catalogue: [seedance-1.5-pro]\n';
    const names = [...example.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => [name, 'a-key']);
    const env = { KEY: 'a-key', ...Object.fromEntries(names) };
    const outcome = readConfig(`${providers}${example}${models}`, '/srv', env);
    if (outcome.kind === 'invalid') assert.fail(JSON.stringify(outcome.problems, null, 1));
  });
}

it('its table names every adapter with all its settings', () => {
  assert.ok(examples.length >= 5);
  for (const [adapter, section] of Object.entries(PROVIDER_SECTIONS)) {
    const row = page.split('\n').find((line) => line.startsWith(`| \`${adapter}\` |`)) ?? '';
    const { properties }: { properties: unknown } = section;
    const settings = Object.keys(isRecord(properties) ? properties : {});
    for (const name of settings.filter((key) => key !== 'adapter' && key !== 'max_parallel'))
      assert.match(row, new RegExp(`\`${name}\\b`), `${adapter}: ${name}`);
  }
});
