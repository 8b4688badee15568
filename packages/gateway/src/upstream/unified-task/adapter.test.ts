import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { classify, subtypesOf, TASK_CODES, TaskError, toClient } from '@sluice/errors';
import { createUnifiedTask as createUnifiedTaskEmulator } from '@sluice/sandbox';
import type { JsonValue } from '../../json.ts';
import type { PollOutcome, SubmitJob } from '../adapter.ts';
import { scenarioSuite } from '../scenarios.ts';
import { inputFor, jobFor, type Trial, withProvider } from '../trial.ts';
import { createUnifiedTask, type UnifiedTaskSettings } from './adapter.ts';

const KEY = 'sk-secret-of-ours';
const folder = mkdtempSync(join(tmpdir(), 'sluice-unified-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const open = (baseUrl: string, more: Partial<UnifiedTaskSettings> = {}) =>
  createUnifiedTask({ apiKey: KEY, baseUrl, folder: mkdtempSync(join(folder, 'provider-')), ...more });

scenarioSuite('unified-task', {
  emulator: createUnifiedTaskEmulator,
  adapter: open,
  job: { type: 'image', upstreamModel: 'sandbox-image' },
});

const bench = (body: (trial: Trial) => Promise<void>, more?: Partial<UnifiedTaskSettings>) =>
  withProvider(createUnifiedTaskEmulator(), (url) => open(url, more), body);

async function accepted({ adapter, ctx }: Trial, job: SubmitJob): Promise<JsonValue> {
  const outcome = await adapter.submit(job, ctx);
  if (outcome.kind !== 'accepted') assert.fail(JSON.stringify(outcome));
  return JSON.parse(JSON.stringify(outcome.handle));
}

async function toTheEnd({ adapter, ctx }: Trial, handle: JsonValue): Promise<PollOutcome> {
  for (let polls = 0; polls < 10; polls++) {
    const outcome = await adapter.poll(handle, ctx);
    if (outcome.kind !== 'running') return outcome;
  }
  return assert.fail('it never ended');
}

test('what is sent is our own contract, under the attempt’s key', () =>
  bench(async (trial) => {
    const params = { duration: 5, aspect_ratio: '16:9', generate_audio: true };
    const inputs = [inputFor('image_urls'), inputFor('image_urls', 1)];
    await accepted(trial, jobFor('their-model', params, { inputs }));
    const [call] = trial.running.calls;
    assert.equal(call?.path, '/v1/videos/generations');
    assert.equal(call?.headers['idempotency-key'], 'task-unified-1-abcdefghijkl-1');
    assert.equal(call?.headers.authorization, `Bearer ${KEY}`);
    assert.deepEqual(call?.body, {
      model: 'their-model',
      prompt: 'a quiet harbour',
      ...params,
      image_urls: ['data:image/png;base64,AQID', 'data:image/png;base64,AQID'],
    });
  }));

test('each type has its call; a mask is one link; a route’s mapping is applied', () =>
  bench(async (trial) => {
    const inputs = [inputFor('mask_url')];
    const mapping = { rename: { quality: null, size: 'aspect' } };
    const params = { size: '1:1', quality: 'high' };
    await accepted(trial, jobFor('m', params, { type: 'image', inputs, mapping, idempotencyKey: 'a' }));
    await accepted(trial, jobFor('m', {}, { type: 'audio', idempotencyKey: 'b' }));
    assert.deepEqual(
      trial.running.calls.map(({ path }) => path),
      ['/v1/images/generations', '/v1/audios/generations'],
    );
    const mask_url = 'data:image/png;base64,AQID';
    assert.deepEqual(trial.running.calls[0]?.body, {
      model: 'm',
      prompt: 'a quiet harbour',
      aspect: '1:1',
      mask_url,
    });
  }));

test('where files need a store of their own they are uploaded first, and a failed upload has made nothing', async () => {
  const emulator = createUnifiedTaskEmulator();
  const inputs = [inputFor('image_urls')];
  await withProvider(
    emulator,
    (url) => open(url, { filesUrl: url }),
    async (trial) => {
      await accepted(trial, jobFor('m', {}, { inputs }));
      const [upload, submit] = trial.running.calls;
      assert.equal(upload?.path, '/api/v1/files/upload/stream');
      assert.ok(upload?.raw.includes(Buffer.from([1, 2, 3])));
      assert.match(JSON.stringify(submit?.body), /"image_urls":\["http:\/\/127[^"]+\/files\/[^"]+\.png"\]/);
    },
  );
  await bench(
    async ({ adapter, ctx, running }) => {
      const outcome = await adapter.submit(jobFor('m', {}, { inputs }), ctx);
      assert.equal(outcome.kind, 'rejected');
      assert.equal(running.jobsMade(), 0);
    },
    { filesUrl: 'http://127.0.0.1:9' },
  );
});

test('progress is the other gateway’s; results that lead back to it are fetched here, others are left to the gateway', () =>
  bench(async (trial) => {
    const { adapter, ctx } = trial;
    const handle = await accepted(trial, jobFor('m'));
    await adapter.poll(handle, ctx);
    assert.deepEqual(await adapter.poll(handle, ctx), { kind: 'running', progress: 40 });
    const outcome = await adapter.poll(handle, ctx);
    if (outcome.kind !== 'finished') assert.fail(outcome.kind);
    assert.deepEqual(
      outcome.outputs.map(({ kind, mimeType }) => [kind, mimeType]),
      [['file', 'video/mp4']],
    );
    assert.ok(!trial.running.calls.at(-1)?.headers.authorization, 'a signed link needs no key');

    const elsewhere = await accepted(
      trial,
      jobFor('m', { prompt: 'sandbox:bucket' }, { idempotencyKey: 'elsewhere' }),
    );
    const url = 'https://storage.googleapis.com/sandbox/clip.mp4';
    assert.deepEqual(await toTheEnd(trial, elsewhere), {
      kind: 'finished',
      outputs: [{ kind: 'url', url, mimeType: null }],
    });
  }));

for (const scenario of ['lost_answer', 'lost_request']) {
  test(`${scenario}: the same request under the same key finds or makes the one task, also after a restart`, async () => {
    const kept = mkdtempSync(join(folder, 'kept-'));
    await bench(
      async (trial) => {
        const { running, ctx } = trial;
        const job = jobFor('m', { prompt: `sandbox:${scenario}` }, { inputs: [inputFor('image_urls')] });
        assert.equal((await trial.adapter.submit(job, ctx)).kind, 'unknown');
        const restarted = open(running.url, { folder: kept });
        const found = await restarted.lookup?.(job.idempotencyKey, ctx);
        if (found?.kind !== 'found') assert.fail(String(found?.kind));
        assert.deepEqual(running.calls[1]?.body, running.calls[0]?.body);
        assert.deepEqual(await restarted.lookup?.(job.idempotencyKey, ctx), found);
        assert.equal(running.calls.length, 2, 'what is known is not asked again');
        assert.equal(running.jobsMade(), 1);
        assert.equal((await toTheEnd({ ...trial, adapter: restarted }, found.handle)).kind, 'finished');
        await restarted.release?.(found.handle);
        assert.deepEqual(await restarted.lookup?.(job.idempotencyKey, ctx), { kind: 'undecided' });
        await restarted.close?.();
      },
      { folder: kept },
    );
  });
}

test('a crash after the answer, before it was recorded: the look-up knows the task without asking', () =>
  bench(async (trial) => {
    const handle = await accepted(trial, jobFor('m'));
    assert.deepEqual(await trial.adapter.lookup?.('task-unified-1-abcdefghijkl-1', trial.ctx), {
      kind: 'found',
      handle,
    });
    assert.equal(trial.running.calls.length, 1);
  }));

test('nothing is sent again once the other gateway may have forgotten the key, or refuses it now', () =>
  bench(async ({ adapter, ctx, clock, running }) => {
    const job = jobFor('m', { prompt: 'sandbox:lost_answer' });
    await adapter.submit(job, ctx);
    await clock.advance(61 * 60_000);
    assert.deepEqual(await adapter.lookup?.(job.idempotencyKey, ctx), { kind: 'undecided' });
    assert.equal(running.calls.length, 1);

    const refused = jobFor('m', { prompt: 'sandbox:internal' }, { idempotencyKey: 'refused' });
    assert.equal((await adapter.submit(refused, ctx)).kind, 'unknown');
    assert.deepEqual(await adapter.lookup?.('refused', ctx), { kind: 'undecided' });
    await running.close();
    assert.deepEqual(await adapter.lookup?.('refused', ctx), { kind: 'undecided' });
  }));

test('a refused submit leaves no draft behind, and no key of ours in its evidence', () =>
  bench(async ({ adapter, ctx, running }) => {
    const outcome = await adapter.submit(jobFor('m', { prompt: 'sandbox:rate' }), ctx);
    if (outcome.kind !== 'rejected') assert.fail(outcome.kind);
    assert.ok(!JSON.stringify(outcome.evidence).includes(KEY));
    assert.equal(classify(outcome.evidence).retry.after_seconds, 7);
    assert.deepEqual(await adapter.lookup?.('task-unified-1-abcdefghijkl-1', ctx), { kind: 'undecided' });
    assert.equal(running.calls.length, 1, 'it is not sent again');
  }));

test('where there is no cancel, polling decides', () =>
  bench(async (trial) => {
    const handle = await accepted(trial, jobFor('m'));
    assert.deepEqual(await trial.adapter.cancel(handle, trial.ctx), { kind: 'not_possible' });
    assert.deepEqual(await trial.adapter.cancel({ task: 7 }, trial.ctx), { kind: 'not_possible' });
  }));

/** What a client of ours reads where ours reads the upstream's quota as its own trouble. */
const OUR_VIEW: Readonly<Record<string, string>> = { quota_exceeded: 'resource_exhausted' };

test('every code and sub-type of the other gateway means the same to us; its quota is our capacity', () => {
  for (const code of TASK_CODES) {
    for (const subtype of [null, ...subtypesOf(code)]) {
      const theirs = new TaskError(code, { subtype, requestId: 'req_theirs' }).toJSON();
      const body = { id: 'task-unified-1-abcdefghijkl', status: 'failed', error: theirs };
      const evidence = { provider: 'unified-task', phase: 'poll', status: 200, headers: {}, body } as const;
      const verdict = classify(evidence);
      assert.equal(verdict.code, code, `${code}/${subtype} by ${verdict.matched_rule}`);
      if (subtype !== null) assert.equal(verdict.subtype, subtype, `by ${verdict.matched_rule}`);
      const ours = toClient(verdict).toJSON();
      assert.equal(ours.code, OUR_VIEW[code] ?? code);
      assert.ok(!JSON.stringify(ours).includes('req_theirs'));
    }
  }
});

test('the parameter and the limits come through the chain', () => {
  const options = {
    subtype: 'prompt_too_long',
    param: 'prompt',
    details: { max_chars: 2000, actual_chars: 2311 },
  };
  const chained = (error: TaskError) =>
    toClient(
      classify({
        provider: 'unified-task',
        phase: 'poll',
        status: 200,
        headers: {},
        body: { id: 'x', status: 'failed', error: error.toJSON() },
      }),
    );
  const ours = chained(new TaskError('invalid_parameters', options));
  assert.deepEqual([ours.param, ours.details], [options.param, options.details]);
  const image = chained(
    new TaskError('image_dimension_mismatch', {
      param: 'image_urls[1]',
      details: { expected: '1280x720', actual: '1024x1024' },
    }),
  );
  assert.deepEqual(
    [image.param, image.details],
    ['image_urls[1]', { expected: '1280x720', actual: '1024x1024' }],
  );
});
