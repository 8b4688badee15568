/** Nothing an upstream says reaches a client: its words, its host, its name and our key for it are put into evidence of any shape. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Evidence } from '@sluice/errors';
import fc from 'fast-check';
import type { UpstreamAdapter } from '../packages/gateway/src/upstream/adapter.ts';
import { openRouted } from './routes.ts';

const MARKS = ['sk-upstream-4242', 'queue.provider.example', 'ProviderCorp', 'Jane Doe’s account'];

const mark = fc.constantFrom(...MARKS);
const marked = fc.tuple(fc.string({ maxLength: 12 }), mark).map(([text, word]) => `${text} ${word}`);
/** Words and shapes that make rules take things from the evidence: numbers, names of fields, quotations. */
const telling = fc.constantFrom(
  (word: string) => `Prompt is too long: ${word}`,
  (word: string) => `The field ${word} must be between 240 and 7680`,
  (word: string) => `Model '${word}' not found`,
  (word: string) => `content_policy_violation: ${word}`,
  (word: string) => `Expected "${word}", got "1280x720"`,
  (word: string) => `Rate limit reached for ${word}, try again in 20s`,
);
const text = fc.oneof(
  marked,
  fc.tuple(telling, mark).map(([make, word]) => make(word)),
);
const { body } = fc.letrec<{ body: unknown }>((tie) => ({
  body: fc.oneof(
    { maxDepth: 4 },
    text,
    fc.array(tie('body'), { maxLength: 3 }),
    fc.dictionary(
      fc.oneof(
        mark,
        fc.constantFrom(
          'error',
          'message',
          'detail',
          'code',
          'type',
          'param',
          'loc',
          'msg',
          'reason',
          'field',
          'expected',
        ),
      ),
      tie('body'),
      { maxKeys: 4 },
    ),
  ),
}));
const evidence: fc.Arbitrary<Evidence> = fc.record({
  provider: fc.constantFrom('openai', 'fal', 'replicate', 'ProviderCorp'),
  phase: fc.constantFrom('submit', 'poll', 'result'),
  status: fc.constantFrom(200, 400, 401, 402, 403, 404, 413, 422, 429, 500, 503),
  headers: fc.dictionary(fc.constantFrom('retry-after', 'server', 'x-request-id'), marked, { maxKeys: 2 }),
  body,
});

test('no byte that a client gets holds anything of the evidence', async () => {
  let current: Evidence = { provider: 'fal', phase: 'submit', status: 500, headers: {}, body: '' };
  let fails: 'submit' | 'poll' = 'submit';
  const adapter: UpstreamAdapter = {
    provider: 'ProviderCorp',
    submit: async () =>
      fails === 'submit'
        ? { kind: 'rejected', evidence: current }
        : { kind: 'accepted', handle: {}, pollAfterMs: 1 },
    poll: async () => ({ kind: 'failed', evidence: current }),
    cancel: async () => ({ kind: 'not_possible' }),
  };
  const routed = await openRouted({ only: { adapter, upstreamModel: 'ProviderCorp/secret-model' } });
  try {
    await fc.assert(
      fc.asyncProperty(evidence, fc.constantFrom('submit', 'poll'), async (said, where) => {
        current = { ...said, headers: { ...said.headers, 'retry-after': '3600' } };
        fails = where;
        const { id } = await routed.ask<{ id: string }>('POST', '/v1/images/generations', {
          model: 'picture',
          prompt: 'a harbour',
        });
        const task = await routed.ask<{ status: string; error: { code: string } }>(
          'GET',
          `/v1/tasks/${id}?wait=20`,
        );
        assert.equal(task.status, 'failed');
        await routed.ask('POST', '/v1/tasks/batch', { task_ids: [id] });
        const bytes = routed.clientBytes().toLowerCase();
        for (const word of [...MARKS, 'secret-model', 'provider.example']) {
          assert.ok(
            !bytes.includes(word.toLowerCase()),
            `a client was sent "${word}": ${JSON.stringify(task)}`,
          );
        }
      }),
      { numRuns: 150 },
    );
  } finally {
    await routed.close();
  }
});
