import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { classify } from '@sluice/errors';
import { createComfyui as createComfyuiEmulator, type RunningEmulator } from '@sluice/sandbox';
import { ManualClock } from '../../clock.ts';
import type { JsonObject, JsonValue } from '../../json.ts';
import type { InputMedia, PollOutcome, SubmitJob, UpstreamAdapter } from '../adapter.ts';
import { scenarioSuite } from '../scenarios.ts';
import { inputFor, jobFor, withProvider } from '../trial.ts';
import { createComfyui } from './adapter.ts';

const WORKFLOWS = join(import.meta.dirname, 'fixtures');
const folder = mkdtempSync(join(tmpdir(), 'sluice-comfyui-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** No websocket: the emulator has none, and polls must do without. */
const silent = () => ({ addEventListener() {}, close() {} });
const open = (baseUrl: string) =>
  createComfyui({
    baseUrl,
    workflows: WORKFLOWS,
    folder: mkdtempSync(join(folder, 'results-')),
    openSocket: silent,
  });

scenarioSuite('comfyui', {
  emulator: createComfyuiEmulator,
  adapter: open,
  job: { type: 'image', upstreamModel: 'text-to-image' },
});

const clock = new ManualClock();
const ctx = { clock, signal: new AbortController().signal };

const bench = (body: (adapter: UpstreamAdapter, running: RunningEmulator) => Promise<void>) =>
  withProvider(createComfyuiEmulator(), open, ({ adapter, running }) => body(adapter, running));

const job = (params: JsonObject, more: Partial<SubmitJob> = {}): SubmitJob => ({
  ...jobFor('text-to-image', params, { type: 'image' }),
  ...more,
});

const picture = (index: number, more: Partial<InputMedia> = {}): InputMedia =>
  inputFor('image_urls', index, {
    mimeType: 'image/jpeg',
    sha256: String(index).repeat(64),
    read: () => Promise.resolve(new Uint8Array([1, 2, index])),
    ...more,
  });

/** The inputs of one node of the graph that was sent last. */
function sent(running: RunningEmulator, node: string): Readonly<Record<string, unknown>> {
  const call = running.calls.findLast(({ path }) => path === '/prompt');
  const body: { prompt?: Record<string, { inputs: Record<string, unknown> }> } = JSON.parse(
    call?.raw.toString() ?? '{}',
  );
  return body.prompt?.[node]?.inputs ?? {};
}

async function accepted(adapter: UpstreamAdapter, what: SubmitJob): Promise<JsonValue> {
  const outcome = await adapter.submit(what, ctx);
  if (outcome.kind !== 'accepted') assert.fail(JSON.stringify(outcome));
  return JSON.parse(JSON.stringify(outcome.handle));
}

async function toTheEnd(adapter: UpstreamAdapter, handle: JsonValue): Promise<PollOutcome> {
  for (let polls = 0; polls < 10; polls++) {
    const outcome = await adapter.poll(handle, ctx);
    if (outcome.kind !== 'running') return outcome;
  }
  return assert.fail('it never ended');
}

test('values take the place of placeholders with their own types; what a client writes is only ever a value', () =>
  bench(async (adapter, running) => {
    const prompt = 'a "sign" saying {{seed}} and \\ and {{width=1}}';
    await accepted(adapter, job({ prompt, size: '1024x768', seed: 7, n: 2, negative_prompt: 'fog' }));
    assert.equal(sent(running, '6').text, `${prompt}, best quality`);
    assert.equal(sent(running, '7').text, 'fog');
    assert.deepEqual(sent(running, '5'), { width: 1024, height: 768, batch_size: 2 });
    assert.equal(sent(running, '3').seed, 7);
    assert.equal(sent(running, '3').steps, 20);
    assert.deepEqual(sent(running, '3').model, ['4', 0]);
  }));

test('sizes: ratios with a resolution or a quality become pixels in whole blocks', () =>
  bench(async (adapter, running) => {
    const frames = [
      [{}, 1024, 1024],
      [{ size: '16:9' }, 1360, 768],
      [{ size: '16:9', resolution: '2K' }, 2736, 1536],
      [{ aspect_ratio: '9:16', quality: '720p' }, 720, 1280],
      [{ size: 'auto' }, 1024, 1024],
    ] as const;
    for (const [index, [params, width, height]] of frames.entries()) {
      await accepted(adapter, job(params, { idempotencyKey: `size-${index}` }));
      assert.deepEqual(sent(running, '5'), { width, height, batch_size: 1 }, JSON.stringify(params));
    }
  }));

test('without a seed each attempt has its own, and always the same', () =>
  bench(async (adapter, running) => {
    const seeds = [];
    for (const idempotencyKey of ['a-1', 'a-2']) {
      await accepted(adapter, job({}, { idempotencyKey }));
      seeds.push(sent(running, '3').seed);
    }
    assert.notEqual(seeds[0], seeds[1]);
    assert.ok(seeds.every((seed) => Number.isSafeInteger(seed)));
    assert.equal((await adapter.submit(job({}, { idempotencyKey: 'a-1' }), ctx)).kind, 'unknown');
    assert.equal(sent(running, '3').seed, seeds[0]);
    assert.equal(running.jobsMade(), 2, 'a repeated id makes no second prompt');
  }));

test('pictures are uploaded under the name of their content; a template’s defaults stand for what is left open', () =>
  bench(async (adapter, running) => {
    const video = { type: 'video', upstreamModel: 'image-to-video', inputs: [picture(0)] } as const;
    const handle = await accepted(adapter, job({ duration: 5 }, video));
    const upload = running.calls.find(({ path }) => path === '/upload/image');
    assert.match(String(upload?.headers['content-type']), /^multipart\/form-data/);
    assert.match(upload?.raw.toString('latin1') ?? '', /filename="sluice-0{32}\.jpg"/);
    assert.ok(upload?.raw.includes(Buffer.from([1, 2, 0])));
    assert.equal(sent(running, '1').image, `sluice-${'0'.repeat(32)}.jpg`);
    assert.equal(sent(running, '2').image, 'blank.png');
    const { width, height, length } = sent(running, '4');
    assert.deepEqual([width, height, length], [832, 480, 81]);

    const outcome = await toTheEnd(adapter, handle);
    if (outcome.kind !== 'finished') assert.fail(JSON.stringify(outcome));
    assert.deepEqual(
      outcome.outputs.map(({ kind, mimeType }) => [kind, mimeType]),
      [['file', 'video/mp4']],
      'the clip alone, not the preview beside it',
    );
    const [output] = outcome.outputs;
    if (output?.kind !== 'file') assert.fail('a file of ours');
    assert.ok((await stat(output.path)).size > 0);
    await adapter.release?.(handle);
    await assert.rejects(stat(output.path));
  }));

test('a second picture, a followed frame and a mapped name', () =>
  bench(async (adapter, running) => {
    const inputs = [picture(0), picture(1)];
    const mapping = { fixed: { fps: 24 } };
    const video = { type: 'video', upstreamModel: 'image-to-video', inputs, mapping } as const;
    await accepted(adapter, job({ aspect_ratio: 'adaptive', duration: 5 }, video));
    assert.equal(sent(running, '2').image, `sluice-${'1'.repeat(32)}.jpg`);
    const { width, height, length } = sent(running, '4');
    assert.deepEqual([width, height, length], [1280, 720, 121]);
    await accepted(
      adapter,
      job({ rounds: 5 }, { idempotencyKey: 'b', mapping: { rename: { rounds: 'steps' } } }),
    );
    assert.equal(sent(running, '3').steps, 5);
  }));

test('what a workflow cannot do is refused with the parameter’s name, and nothing is sent', () =>
  bench(async (adapter, running) => {
    const video = { type: 'video', upstreamModel: 'image-to-video' } as const;
    const refused = [
      [job({ duration: 5 }), 'duration'],
      [job({ size: 'huge' }), 'size'],
      [job({}, { inputs: [picture(0)] }), 'image_urls[0]'],
      [job({}, { ...video, inputs: [picture(0), picture(1), picture(2)] }), 'image_urls[2]'],
      [job({ n: 4 }, { ...video, inputs: [picture(0)] }), 'n'],
      [job({}, video), 'image_urls[0]'],
    ] as const;
    for (const [what, param] of refused) {
      const outcome = await adapter.submit(what, ctx);
      if (outcome.kind !== 'rejected') assert.fail(`${param}: ${outcome.kind}`);
      const verdict = classify(outcome.evidence);
      assert.deepEqual([verdict.code, verdict.param], ['invalid_parameters', param]);
    }
    assert.equal(running.calls.length, 0);
    assert.equal((await adapter.submit(job({ seed: 0, size: 'auto', n: 1 }), ctx)).kind, 'accepted');
  }));

test('a route to a template that is not there is the operator’s fault', () =>
  bench(async (adapter) => {
    const outcome = await adapter.submit(job({}, { upstreamModel: 'upscale' }), ctx);
    if (outcome.kind !== 'rejected') assert.fail(outcome.kind);
    assert.equal(classify(outcome.evidence).code, 'service_unavailable');
  }));

test('an upload that fails has started nothing', async () => {
  const adapter = open('http://127.0.0.1:9');
  const outcome = await adapter.submit(
    job({}, { type: 'video', upstreamModel: 'image-to-video', inputs: [picture(0)] }),
    ctx,
  );
  assert.equal(outcome.kind, 'rejected');
  await adapter.close?.();
});

test('cancel: a waiting prompt is gone at once, a running one is interrupted, one that is over stays', () =>
  bench(async (adapter, running) => {
    const waiting = await accepted(adapter, job({}, { idempotencyKey: 'waiting' }));
    assert.deepEqual(await adapter.cancel(waiting, ctx), { kind: 'cancelled' });
    assert.equal(running.jobsMade(), 0);

    const runs = await accepted(adapter, job({}, { idempotencyKey: 'runs' }));
    await adapter.poll(runs, ctx);
    await adapter.poll(runs, ctx);
    assert.deepEqual(await adapter.cancel(runs, ctx), { kind: 'requested' });
    const interrupt = running.calls.find(({ path }) => path === '/interrupt');
    assert.deepEqual(interrupt?.body, { prompt_id: JSON.parse(JSON.stringify(runs)).id });
    const end = await adapter.poll(runs, ctx);
    if (end.kind !== 'failed') assert.fail(end.kind);
    assert.equal(classify(end.evidence).code, 'request_cancelled');

    const over = await accepted(adapter, job({}, { idempotencyKey: 'over' }));
    const made = await toTheEnd(adapter, over);
    assert.equal(made.kind === 'finished' && made.outputs.length, 1, 'what was saved, without its preview');
    assert.deepEqual(await adapter.cancel(over, ctx), { kind: 'not_possible' });
    assert.deepEqual(await adapter.cancel({ id: 7 }, ctx), { kind: 'not_possible' });
    const unheardOf = { id: 'unheard-of', type: 'image', nodes: 1 };
    assert.deepEqual(await adapter.cancel(unheardOf, ctx), { kind: 'not_possible' });
  }));

for (const scenario of ['lost_answer', 'old_server']) {
  test(`lookup finds the prompt of a key, whoever chose its id (${scenario})`, () =>
    bench(async (adapter, running) => {
      const outcome = await adapter.submit(job({ prompt: `sandbox:${scenario}` }, { type: 'image' }), ctx);
      const found = await adapter.lookup?.('task-unified-1-abcdefghijkl-1', ctx);
      if (found?.kind !== 'found') assert.fail(String(found?.kind));
      if (outcome.kind === 'accepted') assert.deepEqual(found.handle, outcome.handle);
      assert.equal((await toTheEnd(adapter, found.handle)).kind, 'finished');
      assert.deepEqual(
        await adapter.lookup?.('task-unified-1-abcdefghijkl-1', ctx),
        found,
        'in the history, too',
      );
      assert.equal(running.jobsMade(), 1);
    }));
}

test('a prompt is called absent only when a server that had time to take it does not know it', () =>
  bench(async (adapter, running) => {
    assert.deepEqual(await adapter.lookup?.('never-sent', ctx), { kind: 'undecided' });
    assert.deepEqual(await adapter.lookup?.('never-sent', ctx), { kind: 'undecided' });
    await clock.advance(10_000);
    assert.deepEqual(await adapter.lookup?.('never-sent', ctx), { kind: 'absent' });
    await running.close();
    await clock.advance(10_000);
    assert.deepEqual(await adapter.lookup?.('never-sent', ctx), { kind: 'undecided' });
  }));

test('evidence holds why a run failed, without the graph, the values at hand or the paths of the traceback', () =>
  bench(async (adapter) => {
    const outcome = await toTheEnd(adapter, await accepted(adapter, job({ prompt: 'sandbox:gpu_memory' })));
    if (outcome.kind !== 'failed') assert.fail(outcome.kind);
    const text = JSON.stringify(outcome.evidence);
    assert.match(text, /Allocation on device/);
    assert.doesNotMatch(text, /sandbox:|current_inputs|execution\.py/);
  }));

test('a folder of workflows that cannot be used says which template is wrong, and how', () => {
  const workflows = mkdtempSync(join(folder, 'workflows-'));
  const make = () => createComfyui({ baseUrl: 'http://127.0.0.1:9', workflows, folder, openSocket: silent });
  assert.throws(make, /holds no <name>\.json/);
  writeFileSync(join(workflows, 'editor.json'), '{"nodes": [], "links": []}');
  writeFileSync(join(workflows, 'text.json'), 'not json');
  const graph = readFileSync(join(WORKFLOWS, 'text-to-image.json'), 'utf8');
  writeFileSync(join(workflows, 'typo.json'), graph.replace('{{seed}}', '{{seed value}}'));
  assert.throws(make, (error) => {
    const { message } = error instanceof Error ? error : new Error();
    assert.match(message, /editor\.json: .*Export \(API\)/);
    assert.match(message, /text\.json: it is not JSON/);
    assert.match(message, /typo\.json: \{\{seed value\}\} is no placeholder/);
    return true;
  });
  const missing = join(workflows, 'missing');
  assert.throws(
    () => createComfyui({ baseUrl: 'http://127.0.0.1:9', workflows: missing, folder }),
    /cannot be read/,
  );
});
