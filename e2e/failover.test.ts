/** What a client sees, through the public door, when upstreams fail in the ways that cost money. */
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import {
  createFal as falEmulator,
  type RunningEmulator,
  createReplicate as replicateEmulator,
  startEmulator,
} from '@sluice/sandbox';
import { createFal } from '../packages/gateway/src/upstream/fal/adapter.ts';
import { createReplicate } from '../packages/gateway/src/upstream/replicate/adapter.ts';
import { openRouted, type RoutedGateway } from './routes.ts';

interface Task {
  readonly id: string;
  readonly status: string;
  readonly usage: { readonly credits_used: number };
  readonly attempts: readonly { readonly outcome: string; readonly code: string | null }[];
  readonly error?: {
    readonly code: string;
    readonly subtype: string | null;
    readonly details: Record<string, unknown>;
  };
}

const SECRETS = ['fal-secret-1', 'r8-good-secret'];

let open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.reverse()) await one.close();
  open = [];
});

/** fal first, then Replicate with a revoked key, then Replicate as it should be. */
async function setUp(): Promise<{ routed: RoutedGateway; fal: RunningEmulator; replicate: RunningEmulator }> {
  const fal = await startEmulator(falEmulator());
  const replicate = await startEmulator(replicateEmulator());
  const baseUrl = `${replicate.url}/v1`;
  const routed = await openRouted({
    first: {
      adapter: createFal({ apiKey: 'fal-secret-1', baseUrl: fal.url }),
      upstreamModel: 'fal-ai/sandbox/image',
    },
    // The emulator takes any key but an empty one.
    revoked: { adapter: createReplicate({ apiKey: '', baseUrl }), upstreamModel: 'owner/name' },
    good: { adapter: createReplicate({ apiKey: 'r8-good-secret', baseUrl }), upstreamModel: 'owner/name' },
  });
  open.push(fal, replicate, routed);
  return { routed, fal, replicate };
}

async function make({ routed }: { routed: RoutedGateway }, prompt: string): Promise<Task> {
  const task = await routed.ask<Task>('POST', '/v1/images/generations', { model: 'picture', prompt });
  return routed.ask<Task>('GET', `/v1/tasks/${task.id}?wait=30`);
}

function assertNothingLeaked({ routed, fal, replicate }: Awaited<ReturnType<typeof setUp>>): void {
  const bytes = routed.clientBytes().toLowerCase();
  for (const word of [
    ...SECRETS,
    'fal-ai',
    'replicate',
    new URL(fal.url).host,
    new URL(replicate.url).host,
  ]) {
    assert.ok(!bytes.includes(word.toLowerCase()), `the client was sent "${word}"`);
  }
}

test('first route overloaded, second route’s credentials revoked, third fine: the task completes and pays once', async () => {
  const world = await setUp();
  const task = await make(world, 'a harbour sandbox:no_runner');
  assert.equal(task.status, 'completed');
  assert.deepEqual(
    task.attempts.map(({ outcome, code }) => [outcome, code]),
    [
      ['failed', 'resource_exhausted'],
      ['rejected', 'service_unavailable'],
      ['succeeded', null],
    ],
  );
  assert.equal(world.replicate.jobsMade(), 1);
  assertNothingLeaked(world);
});

test('a lost answer never fails over: the task waits, then says that the outcome is unknown', async () => {
  const world = await setUp();
  const task = await make(world, 'a harbour sandbox:lost_answer');
  assert.equal(task.error?.code, 'service_error');
  assert.equal(task.error?.details.submit_outcome, 'unknown');
  assert.equal(task.usage.credits_used, 0);
  assert.equal(world.fal.jobsMade(), 1);
  assert.equal(world.replicate.calls.length, 0);
  assertNothingLeaked(world);
});

test('a provider that says COMPLETED and then refuses the result: the client’s own fault is told, and no other route is paid', async () => {
  const world = await setUp();
  const task = await make(world, 'a harbour sandbox:policy');
  assert.equal(task.error?.code, 'content_policy_violation');
  assert.equal(world.replicate.calls.length, 0);
  assertNothingLeaked(world);
});

test('a safety block inside a success is a refusal, not a result', async () => {
  const world = await setUp();
  const task = await make(world, 'a harbour sandbox:nsfw_flag');
  assert.deepEqual([task.error?.code, task.error?.subtype], ['content_policy_violation', 'adult']);
  assertNothingLeaked(world);
});

test('failed polls and unknown states on the way change nothing', async () => {
  const world = await setUp();
  for (const scenario of ['garbage_poll', 'unknown_state']) {
    const task = await make(world, `a harbour sandbox:${scenario}`);
    assert.equal(task.status, 'completed', scenario);
    assert.equal(task.attempts.length, 1);
  }
  assert.equal(world.fal.jobsMade(), 2);
});
