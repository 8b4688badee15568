/**
 * The contract of adapter.ts as tests, for every adapter. A provider's test file calls `adapterConformance` with a harness that
 * runs the adapter before a real upstream or one that answers as recorded.
 */
import assert from 'node:assert/strict';
import { stat } from 'node:fs/promises';
import { describe, it } from 'node:test';
import type { Evidence } from '@sluice/errors';
import type { Clock } from '../clock.ts';
import type { JsonValue } from '../json.ts';
import type {
  CallContext,
  InputMedia,
  OutputRef,
  PollOutcome,
  SubmitJob,
  UpstreamAdapter,
} from './adapter.ts';

/** `finishes` within a few moments, `runs_on` until it is cancelled, is `refused` at submit, or is accepted and then `fails`. */
export type JobSort = 'finishes' | 'runs_on' | 'refused' | 'fails';

/** One adapter before one upstream that has no jobs yet. */
export interface AdapterBench {
  readonly adapter: UpstreamAdapter;
  readonly clock: Clock;
  /** A job with an idempotency key of its own. */
  job(sort: JobSort): SubmitJob;
  /** Lets a moment of the upstream's time go by. */
  moment(): Promise<void>;
  /** The adapter as after a restart of the gateway: a new instance before the same upstream. */
  restart(): Promise<UpstreamAdapter>;
  /** Jobs that the upstream has taken on so far. */
  accepted(): number | Promise<number>;
  close(): Promise<void>;
}

export interface AdapterHarness {
  open(): Promise<AdapterBench>;
  /** What the upstream cannot do, each with the reason; the tests for it are then reported as skipped. */
  readonly cannot?: { readonly cancel?: string; readonly same_key?: string; readonly lookup?: string };
}

/** A job that has not come to its end after this many moments never will. */
const PATIENCE = 2_000;

const STRANGE_HANDLES: readonly JsonValue[] = [
  null,
  7,
  'nobody',
  [],
  {},
  { job: '../../etc/passwd' },
  { job: 7 },
];

export function adapterConformance(name: string, { open, cannot = {} }: AdapterHarness): void {
  const onBench = (test: (bench: AdapterBench) => Promise<void>) => async () => {
    const bench = await open();
    try {
      await test(bench);
    } finally {
      await bench.close();
    }
  };
  const unless = (reason: string | undefined) => (reason === undefined ? {} : { skip: reason });

  describe(`${name} keeps the adapter contract`, () => {
    it(
      'takes a job, reports progress and hands out what was made',
      onBench(async (bench) => {
        const handle = await accepted(bench, 'finishes');
        const seen = await untilOver(bench, handle);
        for (const outcome of seen.slice(0, -1)) assertRunning(outcome);
        await assertOutputs(seen.at(-1));
      }),
    );

    it(
      'gives the same outputs again until they are released',
      onBench(async (bench) => {
        const handle = await accepted(bench, 'finishes');
        const first = (await untilOver(bench, handle)).at(-1);
        const second = await bench.adapter.poll(handle, context(bench));
        assert.deepEqual(second, first);
        await assertOutputs(second);
        await bench.adapter.release?.(handle);
        await bench.adapter.release?.(handle);
      }),
    );

    it(
      'knows a job by its handle after a restart of the gateway',
      onBench(async (bench) => {
        const stored: JsonValue = JSON.parse(JSON.stringify(await accepted(bench, 'finishes')));
        const adapter = await bench.restart();
        await assertOutputs((await untilOver({ ...bench, adapter }, stored)).at(-1));
        assert.equal(await bench.accepted(), 1);
      }),
    );

    it(
      'hands over evidence when the upstream refuses, and no job exists',
      onBench(async (bench) => {
        const outcome = await bench.adapter.submit(bench.job('refused'), context(bench));
        assert.equal(outcome.kind, 'rejected');
        if (outcome.kind === 'rejected') assertEvidence(bench, outcome.evidence);
        assert.equal(await bench.accepted(), 0);
      }),
    );

    it(
      'hands over evidence when a job fails',
      onBench(async (bench) => {
        const handle = await accepted(bench, 'fails');
        const last = (await untilOver(bench, handle)).at(-1);
        assert.equal(last?.kind, 'failed');
        if (last?.kind === 'failed') assertEvidence(bench, last.evidence);
      }),
    );

    it(
      'stops a job',
      unless(cannot.cancel),
      onBench(async (bench) => {
        const handle = await accepted(bench, 'runs_on');
        assertRunning(await bench.adapter.poll(handle, context(bench)));
        const outcome = await bench.adapter.cancel(handle, context(bench));
        assert.notEqual(outcome.kind, 'not_possible');
        assert.equal((await untilOver(bench, handle)).at(-1)?.kind, 'failed');
      }),
    );

    it(
      'does not claim to have stopped what was done before',
      onBench(async (bench) => {
        const handle = await accepted(bench, 'finishes');
        await untilOver(bench, handle);
        assert.equal((await bench.adapter.cancel(handle, context(bench))).kind, 'not_possible');
        await assertOutputs(await bench.adapter.poll(handle, context(bench)));
      }),
    );

    it(
      'answers for handles that name no job',
      onBench(async (bench) => {
        for (const handle of STRANGE_HANDLES) {
          const { kind } = await bench.adapter.poll(handle, context(bench));
          assert.ok(
            kind === 'failed' || kind === 'unreachable',
            `${JSON.stringify(handle)} was polled as ${kind}`,
          );
          assert.equal((await bench.adapter.cancel(handle, context(bench))).kind, 'not_possible');
          await bench.adapter.release?.(handle);
        }
      }),
    );

    it(
      'sends nothing once the call was given up',
      onBench(async (bench) => {
        const job = bench.job('finishes');
        const outcome = await bench.adapter.submit(job, { clock: bench.clock, signal: AbortSignal.abort() });
        assert.ok(outcome.kind === 'rejected' || outcome.kind === 'unknown', outcome.kind);
        assert.equal(await bench.accepted(), 0);
      }),
    );

    it(
      'sends nothing when an input cannot be read, and says so without throwing',
      onBench(async (bench) => {
        const job = { ...bench.job('finishes'), inputs: [UNREADABLE_INPUT] };
        const outcome = await bench.adapter.submit(job, context(bench));
        assert.equal(outcome.kind, 'rejected');
        if (outcome.kind === 'rejected') assertEvidence(bench, outcome.evidence);
        assert.equal(await bench.accepted(), 0);
      }),
    );

    it(
      'makes one job of one idempotency key',
      unless(cannot.same_key),
      onBench(async (bench) => {
        const job = bench.job('finishes');
        const outcomes = await Promise.all([1, 2].map(() => bench.adapter.submit(job, context(bench))));
        const handles = outcomes.map((outcome) => (outcome.kind === 'accepted' ? outcome.handle : outcome));
        assert.deepEqual(handles[0], handles[1]);
        assert.equal(await bench.accepted(), 1);
      }),
    );

    it(
      'finds the job of a key, and says honestly when there is none',
      unless(cannot.lookup),
      onBench(async (bench) => {
        const { adapter } = bench;
        if (!adapter.lookup) assert.fail('an adapter without lookup gives the reason in `cannot.lookup`');
        const [sent, kept] = [bench.job('finishes'), bench.job('finishes')];
        const handle = await accepted(bench, sent);
        assert.deepEqual(await adapter.lookup(sent.idempotencyKey, context(bench)), {
          kind: 'found',
          handle,
        });
        assert.notEqual((await adapter.lookup(kept.idempotencyKey, context(bench))).kind, 'found');

        await untilOver(bench, handle);
        await adapter.release?.(handle);
        const after = await (await bench.restart()).lookup?.(sent.idempotencyKey, context(bench));
        assert.notEqual(after?.kind, 'absent', 'a job that was paid for must never be called absent');
      }),
    );
  });
}

const context = ({ clock }: AdapterBench): CallContext => ({ clock, signal: new AbortController().signal });

async function accepted(bench: AdapterBench, job: JobSort | SubmitJob): Promise<JsonValue> {
  const outcome = await bench.adapter.submit(typeof job === 'string' ? bench.job(job) : job, context(bench));
  if (outcome.kind !== 'accepted') assert.fail(`the job was not accepted: ${JSON.stringify(outcome)}`);
  return outcome.handle;
}

/** Every outcome up to the first that is neither running nor unreachable. */
async function untilOver(bench: AdapterBench, handle: JsonValue): Promise<PollOutcome[]> {
  const seen: PollOutcome[] = [];
  for (let i = 0; i < PATIENCE; i++) {
    const outcome = await bench.adapter.poll(handle, context(bench));
    seen.push(outcome);
    if (outcome.kind === 'finished' || outcome.kind === 'failed') return seen;
    await bench.moment();
  }
  return assert.fail(`the job was still ${seen.at(-1)?.kind} after ${PATIENCE} moments`);
}

function assertRunning(outcome: PollOutcome): void {
  if (outcome.kind !== 'running') assert.fail(`expected the job to run: ${JSON.stringify(outcome)}`);
  const { progress } = outcome;
  assert.ok(progress === null || (progress >= 0 && progress <= 100), `progress ${progress} is no percentage`);
}

function assertEvidence({ adapter }: AdapterBench, evidence: Evidence): void {
  assert.equal(evidence.provider, adapter.provider);
  assert.deepEqual(JSON.parse(JSON.stringify(evidence)), evidence, 'evidence must survive JSON');
  for (const name of Object.keys(evidence.headers)) assert.equal(name, name.toLowerCase());
}

async function assertOutputs(outcome: PollOutcome | undefined): Promise<void> {
  if (outcome?.kind !== 'finished') assert.fail(`expected outputs: ${JSON.stringify(outcome)}`);
  assert.ok(outcome.outputs.length > 0, 'a finished job has outputs');
  assert.deepEqual(JSON.parse(JSON.stringify(outcome.outputs)), outcome.outputs, 'outputs must survive JSON');
  for (const output of outcome.outputs) await assertThere(output);
}

async function assertThere(output: OutputRef): Promise<void> {
  switch (output.kind) {
    case 'file':
      assert.ok((await stat(output.path)).size > 0, `${output.path} is empty`);
      return;
    case 'url':
      assert.ok(URL.canParse(output.url), `${output.url} is no URL`);
      return;
    default: {
      const never: never = output;
      return never;
    }
  }
}

const UNREADABLE_INPUT: InputMedia = {
  param: 'image_urls',
  index: 0,
  kind: 'image',
  mimeType: 'image/png',
  bytes: 10,
  sha256: '0'.repeat(64),
  width: 640,
  height: 480,
  seconds: null,
  read: () => Promise.reject(new Error('the file is gone')),
};
