/**
 * The promise "a 200 means durable, and nothing is paid twice", tested the hard way: a gateway under load is killed with SIGKILL
 * at random moments and started again on the same folder, round after round. The upstream counts what it accepted in a process
 * of its own, so no kill makes it forget.
 *
 * `SLUICE_KILLS` sets the number of rounds (12 where it is not set); `SLUICE_SEED` repeats a run's random moments.
 */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import sharp from 'sharp';
import { randomFrom } from './fuzz/random.ts';
import type { ProcessOptions } from './gateway-process.ts';
import { type Started, start } from './processes.ts';

const KILLS = Number(process.env.SLUICE_KILLS ?? 12);
const SEED = Number(process.env.SLUICE_SEED ?? Date.now() % 1_000_000);
const CLIENTS = 8;
const CREDITS = 1_000_000;

interface Ready {
  readonly url: string;
  readonly key: string | null;
}

interface Task {
  readonly id: string;
  readonly status: string;
  readonly error?: { readonly code: string };
  readonly usage: { readonly credits_reserved: number; readonly credits_used: number };
  readonly attempts: readonly { readonly outcome: string }[];
}

interface Credits {
  readonly data: { readonly user: { readonly remaining_credits: number; readonly used_credits: number } };
}

test(`${KILLS} kills under load lose no accepted task, pay none twice, and conserve the credits (seed ${SEED})`, async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'sluice-kill-'));
  const sample = path.join(folder, 'sample.png');
  await writeFile(
    sample,
    await sharp({ create: { width: 16, height: 16, channels: 3, background: '#357' } })
      .png()
      .toBuffer(),
  );
  const ledger = await start<{ url: string }>(
    new URL('../packages/gateway/src/upstream/scripted/ledger-server.ts', import.meta.url),
  );
  const random = randomFrom(SEED);
  const options: ProcessOptions = {
    folder,
    ledger: ledger.ready.url,
    config: [
      'server: { port: 0 }',
      'log: { level: silent }',
      `accounts: { default: { credits: ${CREDITS} } }`,
      'engine: { poll_interval: 50ms, reconcile_window: 20s }',
    ].join('\n'),
    script: {
      takesMs: [10, 400],
      refused: 0.02,
      neverArrives: 0.03,
      answerLost: 0.05,
      fails: 0.03,
      output: { sample, folder: path.join(folder, 'outputs'), mimeType: 'image/png' },
    },
  };
  const running: Started<Ready>[] = [];
  const launch = async () => {
    const gateway = await start<Ready>(new URL('./gateway-process.ts', import.meta.url), [
      JSON.stringify(options),
    ]);
    running.push(gateway);
    return gateway;
  };

  const accepted = new Map<string, string>();
  const finals = new Map<string, string>();
  let key = '';
  try {
    for (let round = 0; round < KILLS; round++) {
      const gateway = await launch();
      key = gateway.ready.key ?? key;
      const clients = Array.from({ length: CLIENTS }, (_, client) =>
        load(gateway.ready.url, key, `${SEED}-${round}-${client}`, accepted, finals),
      );
      await pause(50 + random() * 500);
      await gateway.kill('SIGKILL');
      await Promise.all(clients);
    }

    const gateway = await launch();
    const ask = <T>(where: string) => get<T>(gateway.ready.url, key, where);
    const ids = [...new Set(accepted.values())];
    assert.ok(ids.length >= KILLS, `the load was real: ${ids.length} tasks`);
    const tasks = new Map<string, Task>();
    while (tasks.size < ids.length) {
      for (const id of ids.filter((one) => !tasks.has(one))) {
        const task = await ask<Task>(`/v1/tasks/${id}?wait=30`);
        assert.equal(task.id, id, 'every accepted task is still known');
        if (task.status === 'completed' || task.status === 'failed') tasks.set(id, task);
      }
    }

    for (const [id, seen] of finals)
      assert.equal(stateOf(tasks.get(id)), seen, 'a final state never changes');

    // Whatever was admitted is listed, also what was killed between the write and its answer.
    const all = await everyTask(ask);
    for (const id of ids) assert.ok(all.has(id));
    await eventually(async () => [...(await everyTask(ask)).values()].every(isFinal));
    const settled = await everyTask(ask);

    const used = [...settled.values()].reduce((sum, task) => sum + task.usage.credits_used, 0);
    const { data } = await ask<Credits>('/v1/credits');
    assert.equal(round3(data.user.used_credits), round3(used), 'what was used is what completed tasks cost');
    assert.equal(round3(data.user.remaining_credits), round3(CREDITS - used), 'nothing stays reserved');

    const fromLedger = async (where: string) =>
      (await (await fetch(new URL(where, ledger.ready.url))).json()) as string[];
    assert.deepEqual(await fromLedger('/repeats'), [], 'no key was ever sent twice');
    const paid = await fromLedger('/keys');
    for (const [id, task] of settled) {
      const submits = paid.filter((one) => one.startsWith(`${id}-`)).length;
      const failed = task.attempts.filter((attempt) => attempt.outcome === 'failed').length;
      assert.ok(
        submits <= 1 + failed,
        `${id} was accepted ${submits} times: ${JSON.stringify(task.attempts)}`,
      );
    }
    assert.ok(
      [...settled.values()].some((task) => task.status === 'completed'),
      'some completed',
    );
    console.log(`${KILLS} kills, ${settled.size} tasks, ${paid.length} accepted submits`);
    await gateway.kill('SIGTERM');
  } finally {
    for (const gateway of running) await gateway.kill('SIGKILL');
    await ledger.kill('SIGTERM');
    await rm(folder, { recursive: true, force: true });
  }
});

/** Submits until the gateway is gone, each request with an idempotency key of its own, and remembers what was answered. */
async function load(
  url: string,
  key: string,
  name: string,
  accepted: Map<string, string>,
  finals: Map<string, string>,
): Promise<void> {
  for (let i = 0; ; i++) {
    try {
      const idempotency = `${name}-${i}`;
      const response = await fetch(new URL('/v1/images/generations', url), {
        method: 'POST',
        headers: {
          authorization: `Bearer ${key}`,
          'content-type': 'application/json',
          'idempotency-key': idempotency,
        },
        body: JSON.stringify({ model: 'studio-image-1', prompt: `a harbour, ${idempotency}` }),
      });
      const task = (await response.json()) as Task;
      assert.equal(response.status, 200, JSON.stringify(task));
      accepted.set(idempotency, task.id);
      if (i % 3 === 2) {
        const seen = await get<Task>(url, key, `/v1/tasks/${task.id}?wait=1`);
        if (isFinal(seen)) finals.set(seen.id, stateOf(seen));
      }
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error;
      return;
    }
  }
}

async function get<T>(url: string, key: string, where: string): Promise<T> {
  const response = await fetch(new URL(where, url), { headers: { authorization: `Bearer ${key}` } });
  return (await response.json()) as T;
}

async function everyTask(ask: <T>(where: string) => Promise<T>): Promise<Map<string, Task>> {
  const found = new Map<string, Task>();
  for (let page = 1; ; page++) {
    const { data, total } = await ask<{ data: Task[]; total: number }>(
      `/v1/tasks?page=${page}&page_size=100`,
    );
    for (const task of data) found.set(task.id, task);
    if (data.length === 0 || found.size >= total) return found;
  }
}

async function eventually(condition: () => Promise<boolean>): Promise<void> {
  const until = Date.now() + 60_000;
  while (!(await condition())) {
    assert.ok(Date.now() < until, 'every task ends');
    await pause(100);
  }
}

const isFinal = (task: Task) => task.status === 'completed' || task.status === 'failed';
const stateOf = (task: Task | undefined) => `${task?.status}/${task?.error?.code ?? ''}`;
const round3 = (credits: number) => Math.round(credits * 1000) / 1000;
