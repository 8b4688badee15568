/**
 * Walks an adapter through every scenario of its provider's emulator and holds what the evidence means against what the scenario
 * promises. The same loop for every provider; exported so that a new one needs one call.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classify, type Evidence } from '@sluice/errors';
import { type ProviderEmulator, type RunningEmulator, type Scenario, startEmulator } from '@sluice/sandbox';
import type { TaskType } from '../catalog/model.ts';
import { ManualClock } from '../clock.ts';
import type { JsonObject } from '../json.ts';
import type { SubmitJob, UpstreamAdapter } from './adapter.ts';

export interface ScenarioSetup {
  readonly emulator: () => ProviderEmulator;
  readonly adapter: (url: string) => UpstreamAdapter;
  readonly job: { readonly type: TaskType; readonly upstreamModel: string; readonly params?: JsonObject };
}

/** How a run ended, as far as the adapter can tell. */
type End =
  | { readonly kind: 'completed'; readonly outputs: number }
  | { readonly kind: 'lost' }
  | { readonly kind: 'failed'; readonly evidence: Evidence };

const MOST_POLLS = 30;

export function scenarioSuite(name: string, setup: ScenarioSetup): void {
  const scenarios = setup.emulator().scenarios;
  test(`${name}: the happy path completes, with one job made`, async () => {
    await withEmulator(setup, async (running, adapter) => {
      const end = await run(adapter, jobOf(setup, 'a quiet harbour'));
      assert.equal(end.kind, 'completed');
      assert.equal(running.jobsMade(), 1);
    });
  });
  for (const scenario of scenarios) {
    test(`${name}: sandbox:${scenario.name} ends as ${describe(scenario)}`, async () => {
      await withEmulator(setup, async (running, adapter) => {
        const end = await run(adapter, jobOf(setup, `a quiet harbour sandbox:${scenario.name}`));
        assertEnd(end, scenario);
        assert.ok(running.jobsMade() <= 1, 'one submit makes at most one job');
      });
    });
  }
}

async function withEmulator(
  setup: ScenarioSetup,
  body: (running: RunningEmulator, adapter: UpstreamAdapter) => Promise<void>,
): Promise<void> {
  const running = await startEmulator(setup.emulator());
  const adapter = setup.adapter(running.url);
  try {
    await body(running, adapter);
  } finally {
    await adapter.close?.();
    await running.close();
  }
}

async function run(adapter: UpstreamAdapter, job: SubmitJob): Promise<End> {
  const ctx = { clock: new ManualClock(), signal: new AbortController().signal };
  const submitted = await adapter.submit(job, ctx);
  switch (submitted.kind) {
    case 'finished':
      return { kind: 'completed', outputs: submitted.outputs.length };
    case 'rejected':
      return { kind: 'failed', evidence: submitted.evidence };
    case 'unknown':
      return { kind: 'lost' };
    case 'accepted':
      // A handle is stored as JSON between any two calls.
      return watch(adapter, JSON.parse(JSON.stringify(submitted.handle)), ctx);
    default: {
      const never: never = submitted;
      return never;
    }
  }
}

async function watch(
  adapter: UpstreamAdapter,
  handle: Parameters<UpstreamAdapter['poll']>[0],
  ctx: Parameters<UpstreamAdapter['poll']>[1],
): Promise<End> {
  for (let polls = 0; polls < MOST_POLLS; polls++) {
    const outcome = await adapter.poll(handle, ctx);
    if (outcome.kind === 'finished') return { kind: 'completed', outputs: outcome.outputs.length };
    if (outcome.kind === 'failed') return { kind: 'failed', evidence: outcome.evidence };
  }
  throw new assert.AssertionError({ message: `no end after ${MOST_POLLS} polls` });
}

function assertEnd(end: End, scenario: Scenario): void {
  if (scenario.ends === 'completed') {
    assert.equal(end.kind, 'completed');
    return;
  }
  if (end.kind === 'lost') {
    assert.equal(
      scenario.ends.code,
      'service_error',
      'an unknown outcome ends as service_error after its window',
    );
    return;
  }
  assert.equal(end.kind, 'failed');
  if (end.kind !== 'failed') return;
  const verdict = classify(end.evidence);
  assert.equal(verdict.code, scenario.ends.code, `by rule ${verdict.matched_rule}`);
  if (scenario.ends.subtype !== undefined) assert.equal(verdict.subtype, scenario.ends.subtype);
}

function describe(scenario: Scenario): string {
  if (scenario.ends === 'completed') return 'completed';
  const { code, subtype } = scenario.ends;
  return subtype === undefined ? code : `${code}/${subtype}`;
}

function jobOf(setup: ScenarioSetup, prompt: string): SubmitJob {
  return {
    taskId: 'task-unified-1-abcdefghijkl',
    attempt: 1,
    idempotencyKey: 'task-unified-1-abcdefghijkl-1',
    type: setup.job.type,
    upstreamModel: setup.job.upstreamModel,
    params: { ...setup.job.params, prompt },
    inputs: [],
  };
}
