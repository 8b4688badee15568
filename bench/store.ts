/**
 * The store's rates on this machine, with every promise kept (one fsync before each answer): `node bench/store.ts [seconds]`.
 *
 * Ratios are what to compare: each is measured against its own baseline in the same run, on the same disk.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import {
  accepted,
  admission,
  admitOne,
  begun,
  type Customer,
  completed,
  customer,
  NOW,
  prepared,
  step,
  withKey,
} from '../packages/gateway/src/store/conformance/sample.ts';
import { openSqliteStore, type SqliteStore } from '../packages/gateway/src/store/sqlite/store.ts';

const SECONDS = Number(process.argv[2] ?? 3);
const BACKLOG = 100_000;
const PAGE = 1000;

/** Calls `work` from `callers` callers, each waiting for its own answer, for some seconds; calls a second. */
async function rate(callers: number, seconds: number, work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  const until = from + seconds * 1000;
  let calls = 0;
  const caller = async (): Promise<void> => {
    while (performance.now() < until) {
      await work();
      calls++;
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return (calls / (performance.now() - from)) * 1000;
}

function print(name: string, value: string, note = ''): void {
  console.log(`${name.padEnd(44)}${value.padStart(12)}  ${note}`);
}

const perSecond = (value: number): string => `${Math.round(value).toLocaleString('en')}/s`;

async function admissions(store: SqliteStore, by: Customer): Promise<void> {
  let n = 0;
  const admit = () => store.admit(admission(by, withKey(`key-${n++}`)));
  const alone = await rate(1, SECONDS, admit);
  const before = { ...store.groups };
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const together = await rate(32, SECONDS, admit);
  delay.disable();
  const group = (store.groups.commands - before.commands) / (store.groups.committed - before.committed);
  print('admissions, one by one', perSecond(alone));
  print(
    'admissions, 32 callers',
    perSecond(together),
    `ratio ${(together / alone).toFixed(1)}, ${group.toFixed(1)} to a commit`,
  );
  print('  event loop delay p99', `${(delay.percentile(99) / 1e6 - 1).toFixed(1)} ms`);
}

async function lives(store: SqliteStore, by: Customer): Promise<void> {
  const rateOfLives = await rate(32, SECONDS, async () => {
    let task = await admitOne(store, by);
    for (const change of [prepared, begun(), accepted(), completed()]) task = await step(store, task, change);
  });
  print('whole lives (5 writes each), 32 callers', perSecond(rateOfLives));
}

async function reads(store: SqliteStore, by: Customer): Promise<void> {
  const hot = await Promise.all(Array.from({ length: 1000 }, () => admitOne(store, by)));
  let n = 0;
  const next = () => hot[n++ % hot.length]?.id ?? '';
  const bare = await rate(1, 1, async () => next());
  const looked = await rate(1, 1, () => store.lookup(by.accountId, next()));
  const keyed = await rate(1, 1, () => store.keyByHash(by.secretHash));
  print('lookup of a known task', perSecond(looked), `an empty async call: ${perSecond(bare)}`);
  print('keyByHash', perSecond(keyed));
}

async function backlog(path: string, by: Customer, store: SqliteStore): Promise<void> {
  const already = await store.counts();
  const missing = BACKLOG - already.pending - already.processing;
  await Promise.all(
    Array.from({ length: Math.max(0, missing) }, (_, i) =>
      store.admit(admission(by, { createdAt: NOW + i })),
    ),
  );
  await store.close();

  const opened = performance.now();
  const next = await openSqliteStore({ path });
  print('open', `${(performance.now() - opened).toFixed(0)} ms`);
  const from = performance.now();
  let taken = 0;
  let slowest = 0;
  for (;;) {
    const pageFrom = performance.now();
    const page = await next.takeOver('node-b', NOW, PAGE);
    slowest = Math.max(slowest, performance.now() - pageFrom);
    taken += page.length;
    if (page.length < PAGE) break;
  }
  const ms = performance.now() - from;
  print(
    `take over ${taken.toLocaleString('en')} tasks`,
    `${ms.toFixed(0)} ms`,
    `slowest page of ${PAGE}: ${slowest.toFixed(0)} ms`,
  );

  const all = {
    accountId: by.accountId,
    statuses: null,
    type: null,
    model: null,
    errorCode: null,
    offset: 0,
    limit: 20,
  };
  const listed = await rate(1, 1, () => next.list(all));
  print(
    'list, first page',
    `${(1000 / listed).toFixed(2)} ms`,
    `of ${(await next.list(all)).total.toLocaleString('en')} tasks`,
  );
  await next.close();
}

const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
try {
  const path = join(folder, 'sluice.db');
  const store = await openSqliteStore({ path });
  const by = await customer(store, 1e12);
  await store.heartbeat('node-a', NOW + 1e9);
  await admissions(store, by);
  await lives(store, by);
  await reads(store, by);
  await backlog(path, by, store);
} finally {
  rmSync(folder, { recursive: true });
}
