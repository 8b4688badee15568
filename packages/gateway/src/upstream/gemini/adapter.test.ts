import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createGemini as createEmulator, json, type ProviderEmulator } from '@sluice/sandbox';
import type { PollOutcome } from '../adapter.ts';
import { scenarioSuite } from '../scenarios.ts';
import { inputFor, jobFor, type Trial, withProvider } from '../trial.ts';
import { createGemini } from './adapter.ts';

const folder = mkdtempSync(join(tmpdir(), 'gemini-'));
after(() => rmSync(folder, { recursive: true }));

const SECRET = 'AIza-secret';
const create = (url: string) => createGemini({ apiKey: SECRET, baseUrl: `${url}/v1beta`, folder });
const PICTURES = 'gemini-3.1-flash-image';
const CLIPS = 'veo-3.1-generate-preview';

scenarioSuite('gemini pictures', {
  emulator: () => createEmulator('pictures'),
  adapter: create,
  job: { type: 'image', upstreamModel: PICTURES },
});

scenarioSuite('gemini clips', {
  emulator: () => createEmulator('clips'),
  adapter: create,
  job: { type: 'video', upstreamModel: CLIPS },
});

const answering = (answer: ProviderEmulator['answer']): ProviderEmulator => ({ ...createEmulator(), answer });

async function lastOf({ adapter, ctx }: Trial, prompt: string): Promise<PollOutcome> {
  const submitted = await adapter.submit(jobFor(CLIPS, { prompt }), ctx);
  if (submitted.kind !== 'accepted') assert.fail(submitted.kind);
  for (let polls = 0; polls < 9; polls++) {
    const outcome = await adapter.poll(submitted.handle, ctx);
    if (outcome.kind === 'finished' || outcome.kind === 'failed') return outcome;
  }
  return assert.fail('no end');
}

test('a picture is asked for with its inputs inside, and its bytes come back', async () => {
  await withProvider(createEmulator(), create, async ({ adapter, running, ctx }) => {
    const params = { size: '16:9', resolution: '2K', seed: 5 };
    const job = jobFor(PICTURES, params, { type: 'image', inputs: [inputFor('image_urls')] });
    const outcome = await adapter.submit(job, ctx);
    const [call] = running.calls;
    assert.equal(call?.path, `/v1beta/models/${PICTURES}:generateContent`);
    assert.equal(call?.headers['x-goog-api-key'], SECRET);
    assert.deepEqual(call?.body, {
      contents: [
        {
          role: 'user',
          parts: [{ inlineData: { mimeType: 'image/png', data: 'AQID' } }, { text: 'a quiet harbour' }],
        },
      ],
      generationConfig: {
        responseModalities: ['TEXT', 'IMAGE'],
        imageConfig: { aspectRatio: '16:9', imageSize: '2K' },
        seed: 5,
      },
    });
    const [output] = outcome.kind === 'finished' ? outcome.outputs : assert.fail(outcome.kind);
    if (output?.kind !== 'bytes') assert.fail(output?.kind);
    assert.equal(output.mimeType, 'image/png');
    assert.equal(Buffer.from(output.data).subarray(1, 4).toString(), 'PNG');
  });
});

test('a draft is not a picture of its own', async () => {
  await withProvider(createEmulator(), create, async ({ adapter, ctx }) => {
    const outcome = await adapter.submit(
      jobFor(PICTURES, { prompt: 'sandbox:draft' }, { type: 'image' }),
      ctx,
    );
    assert.equal(outcome.kind === 'finished' && outcome.outputs.length, 1);
  });
});

test('a picture is found whichever way its field is written, and whatever stands beside it', async () => {
  const picture = { inline_data: { mime_type: 'image/webp', data: 'AQID' } };
  const candidates = [
    { content: {} },
    { content: { parts: [{ text: 'Here.' }, picture, { inlineData: {} }] } },
  ];
  const emulator = answering(() => json(200, { candidates }));
  await withProvider(emulator, create, async ({ adapter, ctx }) => {
    const outcome = await adapter.submit(jobFor(PICTURES, {}, { type: 'image' }), ctx);
    assert.deepEqual(outcome, {
      kind: 'finished',
      outputs: [{ kind: 'bytes', data: Buffer.from([1, 2, 3]), mimeType: 'image/webp' }],
    });
  });
});

test('a clip is asked for with its first and last frame, and fetched with the key', async () => {
  await withProvider(createEmulator(), create, async ({ adapter, running, ctx }) => {
    const inputs = [inputFor('image_urls', 0), inputFor('image_urls', 1, { mimeType: 'image/jpeg' })];
    const submitted = await adapter.submit(jobFor(CLIPS, { duration: 8 }, { inputs }), ctx);
    if (submitted.kind !== 'accepted') assert.fail(submitted.kind);
    assert.deepEqual(submitted.handle, { name: `models/${CLIPS}/operations/op1` });
    assert.equal(running.calls[0]?.path, `/v1beta/models/${CLIPS}:predictLongRunning`);
    assert.deepEqual(running.calls[0]?.body, {
      instances: [
        {
          prompt: 'a quiet harbour',
          image: { bytesBase64Encoded: 'AQID', mimeType: 'image/png' },
          lastFrame: { bytesBase64Encoded: 'AQID', mimeType: 'image/jpeg' },
        },
      ],
      parameters: { aspectRatio: '16:9', durationSeconds: 8 },
    });
    for (let n = 0; n < 2; n++) assert.equal((await adapter.poll(submitted.handle, ctx)).kind, 'running');
    const end = await adapter.poll(submitted.handle, ctx);
    const [output] = end.kind === 'finished' ? end.outputs : assert.fail(end.kind);
    if (output?.kind !== 'file') assert.fail(output?.kind);
    assert.equal((await readFile(output.path)).subarray(4, 8).toString(), 'ftyp');
    await adapter.release?.(submitted.handle);
    await assert.rejects(readFile(output.path), { code: 'ENOENT' });
  });
});

test('the key goes to no other host', async () => {
  await withProvider(createEmulator(), create, async (trial) => {
    const end = await lastOf(trial, 'sandbox:content_elsewhere');
    const [output] = end.kind === 'finished' ? end.outputs : assert.fail(end.kind);
    assert.ok(output?.kind === 'url' && new URL(output.url).hostname === 'localhost');
    assert.ok(!JSON.stringify(end).includes(SECRET));
    assert.ok(!trial.running.calls.some(({ path }) => path.includes('/files/')));
  });
});

test('what the model cannot do is refused without a call', async () => {
  await withProvider(createEmulator(), create, async ({ adapter, running, ctx }) => {
    const picture = await adapter.submit(jobFor(PICTURES, { n: 4 }, { type: 'image' }), ctx);
    const clip = await adapter.submit(jobFor(CLIPS, { duration: 5 }), ctx);
    assert.deepEqual([picture.kind, clip.kind, running.calls.length], ['rejected', 'rejected', 0]);
  });
});

test('how certain it is that nothing was made', async () => {
  const error = { error: { code: 400, message: 'no', status: 'INVALID_ARGUMENT' } };
  const cases = [
    [json(400, error), 'rejected', 'rejected'],
    [json(504, error), 'unknown', 'unknown'],
    [json(200, {}), 'unknown', 'unknown'],
    [json(200, { promptFeedback: { blockReason: 'SAFETY' } }), 'rejected', 'unknown'],
    [json(200, { name: '../../v1/secrets' }), 'unknown', 'unknown'],
  ] as const;
  for (const [reply, picture, clip] of cases) {
    await withProvider(
      answering(() => reply),
      create,
      async ({ adapter, ctx }) => {
        const kinds = [
          (await adapter.submit(jobFor(PICTURES, {}, { type: 'image' }), ctx)).kind,
          (await adapter.submit(jobFor(CLIPS), ctx)).kind,
        ];
        assert.deepEqual(kinds, [picture, clip], JSON.stringify(reply));
      },
    );
  }
});

test('only the operation itself says that it is over', async () => {
  const name = `models/${CLIPS}/operations/op1`;
  const cases = [
    [json(200, { name }), 'running'],
    [json(200, { name, done: false }), 'running'],
    [json(200, {}), 'unreachable'],
    [json(200, { name, error: { code: 13, message: 'odd' } }), 'unrecognized'],
    [json(200, { name, done: true, error: { code: 13, message: 'Internal' } }), 'failed'],
    [json(403, { error: { code: 403, status: 'PERMISSION_DENIED' } }), 'unreachable'],
    [json(404, { error: { code: 404, status: 'NOT_FOUND' } }), 'failed'],
  ] as const;
  for (const [reply, kind] of cases) {
    await withProvider(
      answering(() => reply),
      create,
      async ({ adapter, ctx }) => {
        assert.equal((await adapter.poll({ name }, ctx)).kind, kind, JSON.stringify(reply));
      },
    );
  }
});

test('a clip cannot be stopped, and a strange handle is nobody', async () => {
  await withProvider(createEmulator(), create, async ({ adapter, running, ctx }) => {
    assert.deepEqual(await adapter.cancel({ name: 'models/x/operations/y' }, ctx), { kind: 'not_possible' });
    for (const handle of [null, { name: '../../v1/keys' }, { name: 'models/../x' }, { id: 'op1' }]) {
      assert.equal((await adapter.poll(handle, ctx)).kind, 'unrecognized');
      await adapter.release?.(handle);
    }
    assert.equal(running.calls.length, 0);
  });
});
