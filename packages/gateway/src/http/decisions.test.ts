import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { DecisionRecord } from '../moderation/decisions.ts';
import { asOperator, OPERATOR_KEY, openTrial, type Trial } from './trial.ts';

let trial: Trial;
before(async () => {
  trial = await openTrial();
});
after(() => trial.close());

const finding = {
  category: 'adult',
  score: 0.9,
  stage: 'input',
  input: 'prompt',
  detector: 'text-rules',
  rule: 'adult.nudity',
  why: 'nudity',
  spans: [{ start: 2, end: 6 }],
  absolute: false,
} as const;

let count = 0;
async function decided(more: Partial<DecisionRecord> = {}): Promise<string> {
  const decision: DecisionRecord = {
    id: `mod_${count++}`,
    taskId: 'task-unified-1-aaaaaaaaaaaa',
    accountId: 'acme',
    keyId: 'key-acme',
    model: 'studio-image-1',
    stage: 'input',
    findings: [finding],
    failures: [],
    verdict: { kind: 'block', by: 'threshold', deciding: finding, threshold: 0.7 },
    at: trial.clock.now(),
    ...more,
  };
  await trial.deps.decisions.record(decision);
  return decision.id;
}

const call = (method: 'GET' | 'POST' | 'DELETE', path: string, payload?: object) =>
  trial.app.inject({
    method,
    url: `/operator/v1/decisions${path}`,
    headers: asOperator,
    ...(payload === undefined ? {} : { payload }),
  });

test('a decision is shown whole', async () => {
  const id = await decided();
  const answer = await call('GET', `/${id}`);
  assert.equal(answer.statusCode, 200);
  const { stage: _, ...shown } = finding;
  assert.deepEqual(answer.json(), {
    object: 'operator.decision',
    id,
    at: '2026-11-22T09:00:00Z',
    task_id: 'task-unified-1-aaaaaaaaaaaa',
    account_id: 'acme',
    key_id: 'key-acme',
    model: 'studio-image-1',
    stage: 'input',
    verdict: 'block',
    decided_by: 'threshold',
    deciding: shown,
    threshold: 0.7,
    findings: [shown],
    failures: [],
    can_overrule: true,
    overruled_for: [],
  });
});

test('the latest are listed first, as many as asked for', async () => {
  const [older, newer] = [await decided(), await decided()];
  const ids = async (limit: number) =>
    (await call('GET', `?limit=${limit}`)).json().data.map((one: { id: string }) => one.id);
  assert.deepEqual(await ids(2), [newer, older]);
  assert.deepEqual(await ids(1), [newer]);
  assert.equal((await call('GET', '?limit=1001')).statusCode, 400);
});

test('it is overruled without a body for its own key, with one for another, and taken back', async () => {
  const id = await decided();
  const keys = (answer: { json(): { overruled_for: { key_id: string }[] } }) =>
    answer.json().overruled_for.map(({ key_id: key }) => key);
  assert.deepEqual(keys(await call('POST', `/${id}/overrule`)), ['key-acme']);
  assert.deepEqual(keys(await call('POST', `/${id}/overrule`, {})), ['key-acme'], 'once more is the same');
  assert.deepEqual(keys(await call('POST', `/${id}/overrule`, { key_id: 'key-other' })), [
    'key-acme',
    'key-other',
  ]);
  assert.equal((await trial.deps.decisions.overrules('key-other'))[0]?.rule, 'adult.nudity');
  const by = `op_${hash('sha256', OPERATOR_KEY).slice(0, 8)}`;
  assert.deepEqual((await call('GET', `/${id}`)).json().overruled_for, [
    { key_id: 'key-acme', by, at: '2026-11-22T09:00:00Z' },
    { key_id: 'key-other', by, at: '2026-11-22T09:00:00Z' },
  ]);
  assert.deepEqual(keys(await call('DELETE', `/${id}/overrule?key_id=key-acme`)), ['key-other']);
  assert.deepEqual(keys(await call('DELETE', `/${id}/overrule`)), []);
  assert.match(trial.log(), /an operator overruled a moderation decision/);
  assert.match(trial.log(), /an operator took an overrule back/);
});

test('what cannot be overruled says why', async () => {
  const minor = await decided({
    verdict: { kind: 'block', by: 'sexualised_minor', deciding: finding, threshold: null },
  });
  const unseen = await decided({ verdict: { kind: 'block', by: 'detector_failed' }, findings: [] });
  for (const id of [minor, unseen]) assert.equal((await call('GET', `/${id}`)).json().can_overrule, false);
  const id = await decided();
  for (const [path, payload, status, code, param] of [
    [`/${minor}/overrule`, {}, 403, 'forbidden', 'id'],
    [`/${unseen}/overrule`, {}, 400, 'invalid_parameters', 'id'],
    ['/mod_never/overrule', {}, 404, 'resource_not_found', 'id'],
    [`/${id}/overrule`, { key_id: 'nobody' }, 404, 'resource_not_found', 'key_id'],
    [`/${id}/overrule`, { key: 'key-acme' }, 400, 'invalid_parameters', 'key'],
    [`/${id}/overrule`, [], 400, 'invalid_parameters', null],
  ] as const) {
    const answer = await call('POST', path, payload);
    const { error } = answer.json();
    assert.deepEqual([answer.statusCode, error.code, error.param], [status, code, param], path);
  }
  assert.equal((await call('DELETE', '/mod_never/overrule')).statusCode, 404);
});

test('a finding in a video has its second', async () => {
  const frame = { ...finding, input: 'results[0]', atSeconds: 3.208 };
  const id = await decided({
    findings: [frame],
    verdict: { kind: 'block', by: 'threshold', deciding: frame, threshold: 0.7 },
  });
  const { deciding, findings } = (await call('GET', `/${id}`)).json();
  assert.deepEqual([deciding.at_seconds, findings[0].at_seconds], [3.208, 3.208]);
});

test('an operator is told what looks at what, and that videos cannot be looked at', async () => {
  const reason = 'The video decoder is not installed.';
  const sight = {
    detectors: [{ name: 'eyes', looksAt: ['image', 'video_frame'] as const }],
    videos: { kind: 'blind', reason } as const,
  };
  const blind = await openTrial({ sight });
  const ask = (headers: Readonly<Record<string, string>>) =>
    blind.app.inject({ url: '/operator/v1/moderation', headers });
  try {
    assert.deepEqual((await ask(asOperator)).json(), {
      object: 'operator.moderation',
      detectors: [{ name: 'eyes', looks_at: ['image', 'video_frame'] }],
      videos: { watch: 'blind', frames: null, reason },
    });
    assert.equal((await ask({})).statusCode, 404, 'nobody else learns of it');
  } finally {
    await blind.close();
  }
});
