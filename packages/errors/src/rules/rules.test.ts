import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classify } from '../classify.ts';
import { PROVIDERS } from './index.ts';

test('no two providers share a name', () => {
  const names = PROVIDERS.flatMap((rules) => [rules.provider, ...(rules.also ?? [])]);
  assert.equal(new Set(names).size, names.length);
});

test('an alias gets the rules of its provider', () => {
  const body = { done: true, error: { code: 8, message: 'Quota exceeded' } };
  const said = (provider: string) => classify({ provider, phase: 'poll', status: 200, headers: {}, body });
  assert.deepEqual(said('gemini').code, said('google-gemini').code);
  assert.deepEqual(
    classify({
      provider: 'unified-task',
      phase: 'poll',
      status: 200,
      headers: {},
      body: { error: { code: 'task_not_found' } },
    }).matched_rule,
    'unified-task/error.code',
  );
});

/** Every listed value, put where its rule looks for it, alone in an otherwise silent answer. */
test('every listed value decides by itself as its table says', () => {
  for (const rules of PROVIDERS) {
    const seen = new Set<string>();
    for (const field of rules.fields) {
      if (field.at === 'http' || field.at.startsWith('header:') || field.with !== undefined) continue;
      for (const [value, meaning] of Object.entries(field.means)) {
        const place = `${field.at}=${value.toLowerCase()}`;
        if (seen.has(place) || typeof meaning !== 'string') continue;
        seen.add(place);
        const verdict = classify({
          provider: rules.provider,
          phase: 'poll',
          status: 200,
          headers: {},
          body: bodyWith(field.at.split('.'), value),
        });
        assert.equal(verdict.code, meaning.split('/')[0], `${rules.provider} ${place}`);
      }
    }
  }
});

function bodyWith([step, ...rest]: readonly string[], value: string): unknown {
  if (step === undefined) return value;
  const inner = bodyWith(rest, value);
  const key = step.endsWith('[]') ? step.slice(0, -2) : step;
  const child = step.endsWith('[]') ? [inner] : inner;
  return key === '' ? child : { [key]: child };
}
