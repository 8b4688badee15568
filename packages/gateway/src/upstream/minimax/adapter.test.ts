import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMinimax as createMinimaxEmulator, json, MINIMAX_SCENARIOS } from '@sluice/sandbox';
import { scenarioSuite } from '../scenarios.ts';
import { inputFor, jobFor, survivesNonsense, type Trial, withProvider } from '../trial.ts';
import { createMinimax } from './adapter.ts';

const create = (baseUrl: string) => createMinimax({ apiKey: 'minimax-secret', baseUrl });

scenarioSuite('minimax clips', {
  emulator: () => ({ ...createMinimaxEmulator(), scenarios: MINIMAX_SCENARIOS.clips }),
  adapter: create,
  job: { type: 'video', upstreamModel: 'MiniMax-Hailuo-02', params: { duration: 6 } },
});
scenarioSuite('minimax pictures', {
  emulator: () => ({ ...createMinimaxEmulator(), scenarios: MINIMAX_SCENARIOS.pictures }),
  adapter: create,
  job: { type: 'image', upstreamModel: 'image-01', params: { n: 2 } },
});
scenarioSuite('minimax H3', {
  emulator: () => ({ ...createMinimaxEmulator(), scenarios: MINIMAX_SCENARIOS.h3 }),
  adapter: create,
  job: { type: 'video', upstreamModel: 'MiniMax-H3', params: { duration: 5 } },
});

const withMinimax = (body: (trial: Trial) => Promise<void>) =>
  withProvider(createMinimaxEmulator(), create, body);

test("a clip's link is asked for in a third step, with the file's id", async () => {
  await withMinimax(async ({ adapter, running, ctx }) => {
    const job = jobFor(
      'MiniMax-Hailuo-02',
      { quality: '1080p', duration: 6 },
      { inputs: [inputFor('image_urls')] },
    );
    const submitted = await adapter.submit(job, ctx);
    if (submitted.kind !== 'accepted') throw new Error(submitted.kind);
    let last = await adapter.poll(submitted.handle, ctx);
    for (let polls = 0; last.kind === 'running' && polls < 5; polls++)
      last = await adapter.poll(submitted.handle, ctx);
    assert.equal(last.kind, 'finished');
    assert.deepEqual(
      running.calls.map((call) => call.path),
      ['/v1/video_generation', ...Array<string>(3).fill('/v1/query/video_generation'), '/v1/files/retrieve'],
    );
    assert.equal(running.calls.at(-1)?.query.get('file_id'), '2176843862716481');
    assert.deepEqual(running.calls[0]?.body, {
      model: 'MiniMax-Hailuo-02',
      prompt: 'a quiet harbour',
      duration: 6,
      resolution: '1080P',
      first_frame_image: 'data:image/png;base64,AQID',
    });
  });
});

test('a link that cannot be had just now does not fail the clip', async () => {
  await withMinimax(async ({ adapter, ctx }) => {
    const job = jobFor('MiniMax-Hailuo-02', { prompt: 'sandbox:file_busy' });
    const submitted = await adapter.submit(job, ctx);
    if (submitted.kind !== 'accepted') throw new Error(submitted.kind);
    const kinds: string[] = [];
    for (let polls = 0; polls < 5; polls++) kinds.push((await adapter.poll(submitted.handle, ctx)).kind);
    assert.deepEqual(kinds, ['running', 'running', 'unreachable', 'unreachable', 'finished']);
  });
});

test('the pictures that were not blocked are the result', async () => {
  await withMinimax(async ({ adapter, ctx }) => {
    const job = jobFor('image-01', { prompt: 'sandbox:partly_blocked', n: 2 }, { type: 'image' });
    const made = await adapter.submit(job, ctx);
    assert.equal(made.kind === 'finished' && made.outputs.length, 1);
    const inline = await adapter.submit(
      jobFor('image-01', { prompt: 'sandbox:inline' }, { type: 'image' }),
      ctx,
    );
    const output = inline.kind === 'finished' ? inline.outputs[0] : undefined;
    assert.equal(output?.kind === 'bytes' && Buffer.from(output.data).toString('latin1', 1, 4), 'PNG');
  });
});

test('a waiting H3 job is taken back; one that runs or is over is left alone', async () => {
  await withMinimax(async ({ adapter, running, ctx }) => {
    const make = async () => {
      const submitted = await adapter.submit(jobFor('MiniMax-H3', { duration: 5 }), ctx);
      if (submitted.kind !== 'accepted') throw new Error(submitted.kind);
      return submitted.handle;
    };
    const waiting = await make();
    assert.equal((await adapter.cancel(waiting, ctx)).kind, 'cancelled');
    assert.equal((await adapter.poll(waiting, ctx)).kind, 'failed');
    const started = await make();
    await adapter.poll(started, ctx);
    assert.equal((await adapter.cancel(started, ctx)).kind, 'not_possible');
    assert.equal((await adapter.poll(started, ctx)).kind, 'finished');
    assert.equal((await adapter.cancel(started, ctx)).kind, 'not_possible');
    assert.equal(running.calls.filter((call) => call.method === 'DELETE').length, 1);
  });
});

test('a Hailuo clip cannot be cancelled, and nothing is sent to try', async () => {
  await withMinimax(async ({ adapter, running, ctx }) => {
    assert.equal((await adapter.cancel({ api: 'v1', id: '1' }, ctx)).kind, 'not_possible');
    assert.equal(running.calls.length, 0);
  });
});

test('H3 is sent its content as one list', async () => {
  await withMinimax(async ({ adapter, running, ctx }) => {
    const inputs = [inputFor('image_urls'), inputFor('audio_urls')];
    const job = jobFor('MiniMax-H3', { duration: 5, quality: '720p', aspect_ratio: 'adaptive' }, { inputs });
    assert.equal((await adapter.submit(job, ctx)).kind, 'accepted');
    assert.equal(running.calls[0]?.path, '/v2/video_generation');
    assert.deepEqual(running.calls[0]?.body, {
      model: 'MiniMax-H3',
      content: [
        { type: 'text', text: 'a quiet harbour' },
        { type: 'image_url', image_url: { url: 'data:image/png;base64,AQID' }, role: 'reference_image' },
        { type: 'audio_url', audio_url: { url: 'data:audio/mpeg;base64,AQID' }, role: 'reference_audio' },
      ],
      duration: 5,
      ratio: 'adaptive',
      resolution: '768P',
    });
  });
});

test('a key that is echoed does not stay in the evidence', async () => {
  const echo = {
    ...createMinimaxEmulator(),
    answer: () =>
      json(200, { base_resp: { status_code: 2049, status_msg: 'invalid api key minimax-secret' } }),
  };
  await withProvider(echo, create, async ({ adapter, ctx }) => {
    const submitted = await adapter.submit(jobFor('MiniMax-Hailuo-02'), ctx);
    assert.equal(submitted.kind, 'rejected');
    assert.doesNotMatch(JSON.stringify(submitted), /minimax-secret/);
  });
});

test('an answer that leaves it open whether there is a job is never taken for a refusal', async () => {
  const jobs = (prompt: string) => [
    jobFor('MiniMax-Hailuo-02', { prompt }),
    jobFor('image-01', { prompt }, { type: 'image' }),
    jobFor('MiniMax-H3', { prompt }),
  ];
  const open = [...jobs('sandbox:lost_answer'), ...jobs('sandbox:garbage_answer')];
  for (const job of [...open, jobFor('MiniMax-Hailuo-02', { prompt: 'sandbox:timed_out' })]) {
    await withMinimax(async ({ adapter, ctx }) => {
      assert.equal(
        (await adapter.submit(job, ctx)).kind,
        'unknown',
        `${job.upstreamModel} ${job.params.prompt}`,
      );
    });
  }
});

test('whatever is answered, nothing is thrown and nothing made up', async () => {
  await survivesNonsense('minimax', create, jobFor('MiniMax-Hailuo-02'), { api: 'v1', id: '1' });
  await survivesNonsense('minimax', create, jobFor('MiniMax-H3'), { api: 'v2', id: '1' });
});
