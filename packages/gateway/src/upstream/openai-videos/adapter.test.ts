import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createOpenaiVideos as createEmulator, json, type ProviderEmulator } from '@sluice/sandbox';
import type { JsonObject } from '../../json.ts';
import type { PollOutcome } from '../adapter.ts';
import { scenarioSuite } from '../scenarios.ts';
import { inputFor, jobFor, type Trial, withProvider } from '../trial.ts';
import { createOpenaiVideos } from './adapter.ts';

const folder = mkdtempSync(join(tmpdir(), 'openai-videos-'));
after(() => rmSync(folder, { recursive: true }));

const create = (url: string) => createOpenaiVideos({ apiKey: 'sk-secret', baseUrl: `${url}/v1`, folder });

scenarioSuite('openai-videos', {
  emulator: createEmulator,
  adapter: create,
  job: { type: 'video', upstreamModel: 'sora-2' },
});

async function handleOf({ adapter, ctx }: Trial, params: JsonObject = {}) {
  const outcome = await adapter.submit(jobFor('sora-2', params), ctx);
  return outcome.kind === 'accepted' ? outcome.handle : assert.fail(outcome.kind);
}

async function lastOf(trial: Trial, params: JsonObject): Promise<PollOutcome> {
  const { adapter, ctx } = trial;
  const handle = await handleOf(trial, params);
  for (let polls = 0; polls < 9; polls++) {
    const outcome = await adapter.poll(handle, ctx);
    if (outcome.kind === 'finished' || outcome.kind === 'failed') return outcome;
  }
  return assert.fail('no end');
}

test('without a picture the request is JSON, and the finished clip is a file until it is released', async () => {
  await withProvider(createEmulator(), create, async (trial) => {
    const { adapter, running, ctx } = trial;
    const handle = await handleOf(trial, { duration: 4, aspect_ratio: '16:9' });
    const [call] = running.calls;
    assert.equal(call?.path, '/v1/videos');
    assert.deepEqual(call?.body, {
      model: 'sora-2',
      prompt: 'a quiet harbour',
      seconds: '4',
      size: '1280x720',
    });
    const polls = [];
    for (let n = 0; n < 3; n++) polls.push(await adapter.poll(handle, ctx));
    assert.deepEqual(
      polls.slice(0, 2).map((one) => one.kind === 'running' && one.progress),
      [0, 50],
    );
    const last = polls[2];
    const output = last?.kind === 'finished' ? last.outputs[0] : assert.fail(last?.kind);
    if (output?.kind !== 'file') assert.fail(output?.kind);
    assert.equal((await readFile(output.path)).subarray(4, 8).toString(), 'ftyp');
    await adapter.release?.(handle);
    assert.ok(!(await readdir(folder)).some((name) => output.path.includes(name)));
  });
});

test('with a picture the request is a form', async () => {
  await withProvider(createEmulator(), create, async ({ adapter, running, ctx }) => {
    const job = jobFor('sora-2', { duration: 8 }, { inputs: [inputFor('image_urls')] });
    assert.equal((await adapter.submit(job, ctx)).kind, 'accepted');
    const [call] = running.calls;
    const form = await new Response(new Uint8Array(call?.raw ?? []), {
      headers: { 'content-type': call?.headers['content-type'] ?? '' },
    }).formData();
    const sent = [...form].map(([name, value]) =>
      typeof value === 'string' ? [name, value] : [name, value.name, value.type, value.size],
    );
    assert.deepEqual(sent, [
      ['model', 'sora-2'],
      ['prompt', 'a quiet harbour'],
      ['seconds', '8'],
      ['size', '1280x720'],
      ['input_reference', 'first-frame.png', 'image/png', 3],
    ]);
  });
});

test('a clip at another host is handed over as an address, without the key', async () => {
  await withProvider(createEmulator(), create, async (trial) => {
    const end = await lastOf(trial, { prompt: 'sandbox:content_elsewhere' });
    const output = end.kind === 'finished' ? end.outputs[0] : assert.fail(end.kind);
    if (output?.kind !== 'url') assert.fail(output?.kind);
    assert.equal(new URL(output.url).hostname, 'localhost');
    assert.ok(!trial.running.calls.some(({ headers }) => headers.host?.startsWith('localhost')));
  });
});

test('states are read whatever their case; a failed call says nothing about the job', async () => {
  const job = (status: unknown) => json(200, { id: 'video_1', status });
  const cases = [
    [job('IN_PROGRESS'), 'running'],
    [job('Processing'), 'running'],
    [job('FAILED'), 'failed'],
    [job('dreaming'), 'unrecognized'],
    [job(7), 'unreachable'],
    [json(429, { error: { message: 'slow down' } }), 'unreachable'],
    [json(500, { id: 'video_1', status: 'failed' }), 'unreachable'],
    [json(404, { error: { message: 'no such video' } }), 'failed'],
  ] as const;
  for (const [reply, kind] of cases) {
    const emulator: ProviderEmulator = { ...createEmulator(), answer: () => reply };
    await withProvider(emulator, create, async ({ adapter, ctx }) => {
      const outcome = await adapter.poll({ id: 'video_1' }, ctx);
      assert.equal(outcome.kind, kind, JSON.stringify(reply));
    });
  }
});

test('a job cannot be stopped, and a strange handle is nobody', async () => {
  await withProvider(createEmulator(), create, async (trial) => {
    const { adapter, running, ctx } = trial;
    assert.deepEqual(await adapter.cancel(await handleOf(trial), ctx), { kind: 'not_possible' });
    const calls = running.calls.length;
    assert.equal((await adapter.poll({ job: '../..' }, ctx)).kind, 'unrecognized');
    await adapter.release?.(null);
    assert.equal(running.calls.length, calls);
    await adapter.poll({ id: '../images' }, ctx);
    assert.equal(running.calls.at(-1)?.path, '/v1/videos/..%2Fimages');
  });
});

test('Azure gets the key in its own header, and says why a deployment is not there', async () => {
  const azure = (url: string) =>
    createOpenaiVideos({ apiKey: 'sk-secret', baseUrl: `${url}/openai/v1`, folder, flavour: 'azure' });
  await withProvider(createEmulator(), azure, async ({ adapter, running, ctx }) => {
    assert.equal((await adapter.submit(jobFor('my-sora'), ctx)).kind, 'accepted');
    assert.equal(running.calls[0]?.headers['api-key'], 'sk-secret');
    const outcome = await adapter.submit(jobFor('my-sora', { prompt: 'sandbox:no_deployment' }), ctx);
    if (outcome.kind !== 'rejected') assert.fail(outcome.kind);
    assert.equal(outcome.evidence.provider, 'azure-openai');
  });
});
