/** What the tests of adapters share: a job, its inputs, and an emulator that is closed again. */
import assert from 'node:assert/strict';
import { type ProviderEmulator, type Reply, type RunningEmulator, startEmulator } from '@sluice/sandbox';
import fc from 'fast-check';
import { ManualClock } from '../clock.ts';
import type { JsonObject, JsonValue } from '../json.ts';
import type { CallContext, InputMedia, SubmitJob, UpstreamAdapter } from './adapter.ts';

export interface Trial {
  readonly adapter: UpstreamAdapter;
  readonly running: RunningEmulator;
  readonly clock: ManualClock;
  readonly ctx: CallContext;
}

export async function withProvider(
  emulator: ProviderEmulator,
  make: (url: string) => UpstreamAdapter,
  body: (trial: Trial) => Promise<void>,
): Promise<void> {
  const running = await startEmulator(emulator);
  const adapter = make(running.url);
  const clock = new ManualClock();
  try {
    await body({ adapter, running, clock, ctx: { clock, signal: new AbortController().signal } });
  } finally {
    await adapter.close?.();
    await running.close();
  }
}

export function jobFor(
  upstreamModel: string,
  params: JsonObject = {},
  others: Partial<Pick<SubmitJob, 'type' | 'inputs' | 'mapping' | 'idempotencyKey'>> = {},
): SubmitJob {
  return {
    taskId: 'task-unified-1-abcdefghijkl',
    attempt: 1,
    idempotencyKey: 'task-unified-1-abcdefghijkl-1',
    type: 'video',
    upstreamModel,
    params: { prompt: 'a quiet harbour', ...params },
    inputs: [],
    ...others,
  };
}

/** An input with the bytes 1, 2, 3 (`AQID` in base64), or as many zeroes as `bytes` says. */
export function inputFor(param: InputMedia['param'], index = 0, facts: Partial<InputMedia> = {}): InputMedia {
  const kind = param === 'video_urls' ? 'video' : param === 'audio_urls' ? 'audio' : 'image';
  const mimeType = { image: 'image/png', video: 'video/mp4', audio: 'audio/mpeg' }[kind];
  const content = facts.bytes === undefined ? Uint8Array.of(1, 2, 3) : new Uint8Array(facts.bytes);
  return {
    param,
    index,
    kind,
    mimeType,
    bytes: content.length,
    sha256: '0'.repeat(64),
    width: kind === 'audio' ? null : 1280,
    height: kind === 'audio' ? null : 720,
    seconds: kind === 'image' ? null : 5,
    read: () => Promise.resolve(content),
    ...facts,
  };
}

/** An emulator that answers every call with what it is told to. */
function parrot(provider: string): ProviderEmulator & { says: Reply } {
  return {
    provider,
    scenarios: [],
    jobsMade: () => 0,
    says: { kind: 'json', status: 200, body: null },
    answer() {
      return this.says;
    },
  };
}

/**
 * Whatever a provider answers, an adapter must not throw, must not take a success that it cannot read for a refusal, and must not
 * finish a job without something to fetch.
 */
export async function survivesNonsense(
  provider: string,
  make: (url: string) => UpstreamAdapter,
  job: SubmitJob,
  handle: JsonValue,
): Promise<void> {
  const emulator = parrot(provider);
  await withProvider(emulator, make, async ({ adapter, ctx }) => {
    const nonsense = fc.oneof(
      fc.jsonValue(),
      fc.object({ key: fc.constantFrom(...COMMON_KEYS), maxDepth: 3 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(200, 400, 404, 500, 502), nonsense, async (status, body) => {
        emulator.says = { kind: 'json', status, body };
        const submitted = await adapter.submit(job, ctx);
        if (submitted.kind === 'rejected' && status === 200) {
          assert.match(JSON.stringify(body), /code/, 'only a number of its own makes a 200 a refusal');
        }
        const polled = await adapter.poll(handle, ctx);
        if (polled.kind !== 'finished') return;
        for (const output of polled.outputs) assert.ok(output.kind === 'url' && output.url.length > 0);
        assert.ok(polled.outputs.length > 0);
      }),
      { numRuns: 60 },
    );
  });
}

const COMMON_KEYS = [
  'id',
  'status',
  'output',
  'code',
  'data',
  'task_id',
  'task',
  'base_resp',
  'status_code',
  'file',
];
