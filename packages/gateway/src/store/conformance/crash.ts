/**
 * kill -9 in the middle of whatever the store was doing. Another process writes without a pause and prints a line for each write
 * it was told is on disk; after the kill, every printed line must be true of the reopened store, and no task may be half of anything.
 */
import assert from 'node:assert/strict';
import type { Store } from '../store.ts';
import { assertLaw } from './credits.ts';
import { accepted, admitOne, begun, completed, end, failed, NOW, prepared, step } from './sample.ts';
import { type OpenSubject, storeTest } from './subject.ts';

const ROUNDS = 5;
const CALLERS = 16;
const CRASHER = { accountId: 'crasher', keyId: 'crasher-key', secretHash: 'c'.repeat(64) };

/** Never returns. Each line is printed after its write was acknowledged; lines the kill swallows are no loss to the test. */
export async function writeForever(
  store: Store,
  idPrefix: string,
  print: (line: string) => void,
): Promise<void> {
  await store.ensureAccount(CRASHER.accountId, 1e12);
  if ((await store.keys(CRASHER.accountId)).length === 0) {
    const { keyId: id, accountId, secretHash } = CRASHER;
    await store.createKey({
      id,
      accountId,
      secretHash,
      name: 'crash',
      createdAt: NOW,
      expiresAt: null,
      creditLimit: null,
    });
  }
  let n = 0;
  const caller = async (): Promise<void> => {
    for (;;) {
      let task = await admitOne(store, CRASHER, { id: `${idPrefix}${n++}` });
      print(`${task.id} ${task.version} ${task.status}`);
      const last = n % 3 === 0 ? failed(end('failed')) : completed(n % 5000);
      for (const change of [prepared, begun(), accepted(), last]) {
        task = await step(store, task, change);
        print(`${task.id} ${task.version} ${task.status}`);
      }
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
}

export function crashTests(open: OpenSubject): void {
  storeTest(
    'every acknowledged write is there, none is half, and credits are conserved',
    open,
    async (_, subject) => {
      for (let round = 0; round < ROUNDS; round++) {
        const afterLines = 1 + Math.floor(Math.random() * 800);
        const lines = await subject.crash(afterLines);
        assert(lines.length >= afterLines, 'the process wrote until it was killed');
        await verify(await subject.reopen(), lines, `killed after ${afterLines} lines`);
      }
    },
  );
}

async function verify(store: Store, lines: readonly string[], when: string): Promise<void> {
  for (const line of lines) {
    const [id = '', version = '', status = ''] = line.split(' ');
    const task = await store.task(id);
    assert(task, `${when}: ${line} was acknowledged and is gone`);
    assert(task.version >= Number(version), `${when}: ${line} was acknowledged and is undone`);
    if (status === 'completed' || status === 'failed') assert.equal(task.status, status, when);
  }

  const all = { accountId: CRASHER.accountId, statuses: null, type: null, model: null, errorCode: null };
  const { tasks } = await store.list({ ...all, offset: 0, limit: 1_000_000 });
  let reserved = 0;
  let used = 0;
  for (const task of tasks) {
    if (task.step === 'done') used += task.creditsUsed;
    else reserved += task.creditsReserved;
    const rows = await store.attempts(task.id);
    assert.deepEqual(
      rows.map(({ number, state }) => ({ number, state })),
      task.attempts.map(({ number, state }) => ({ number, state })),
      `${when}: ${task.id} and its attempts were written together`,
    );
  }
  const balance = await store.balance(CRASHER.accountId);
  assertLaw(balance);
  assert.deepEqual(
    [balance.reserved, balance.used],
    [reserved, used],
    `${when}: the balance is the sum of the tasks`,
  );
  const [key] = await store.keys(CRASHER.accountId);
  assert.deepEqual(
    [key?.creditsReserved, key?.creditsUsed],
    [reserved, used],
    `${when}: and so is the key's`,
  );

  const unfinished = tasks.filter(({ step }) => step !== 'done').length;
  const taken = await store.takeOver('heir', NOW, 1_000_000);
  assert.equal(taken.length, unfinished, `${when}: every unfinished task can be taken over at once`);
}
