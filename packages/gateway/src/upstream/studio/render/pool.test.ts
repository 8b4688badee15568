import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../../../clock.ts';
import { createPool, type Pool } from './pool.ts';

/** Jobs tell this worker what to do. */
const script = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort } from 'node:worker_threads';
    parentPort.on('message', (job) => {
      if (job.do === 'exit') process.exit(7);
      if (job.do === 'throw') throw new Error('worker bug');
      if (job.do === 'hang') { parentPort.postMessage({ kind: 'progress', percent: 1 }); for (;;); }
      if (job.do === 'fail') return parentPort.postMessage({ kind: 'failed', reason: 'unreadable_input', message: 'no picture' });
      for (const percent of job.percents ?? []) parentPort.postMessage({ kind: 'progress', percent });
      parentPort.postMessage({ kind: 'done', result: job.value });
    });
  `)}`,
);

interface Job {
  readonly do: 'exit' | 'throw' | 'hang' | 'fail' | 'answer';
  readonly value?: string;
  readonly percents?: readonly number[];
}

const never = new AbortController().signal;

async function withPool(
  workers: number,
  use: (pool: Pool<Job, string>, clock: ManualClock) => Promise<void>,
): Promise<void> {
  const clock = new ManualClock();
  const pool = createPool<Job, string>({ script, workers, idleMs: 1000, clock });
  try {
    await use(pool, clock);
  } finally {
    await pool.close();
  }
}

const answer = (pool: Pool<Job, string>, value: string) =>
  pool.run({ do: 'answer', value }, { signal: never, onProgress() {} });

test('no thread is started before the first job, and a resting one is used again', async () => {
  await withPool(2, async (pool) => {
    assert.equal(pool.threads, 0);
    assert.equal(await answer(pool, 'a'), 'a');
    assert.equal(await answer(pool, 'b'), 'b');
    assert.equal(pool.threads, 1);
  });
});

test('jobs beyond the number of workers wait, and all get their own answer', async () => {
  await withPool(2, async (pool) => {
    const values = ['a', 'b', 'c', 'd', 'e'];
    assert.deepEqual(await Promise.all(values.map((value) => answer(pool, value))), values);
    assert.equal(pool.threads, 2);
  });
});

test('an idle thread is ended after its time, not before', async () => {
  await withPool(1, async (pool, clock) => {
    await answer(pool, 'a');
    await clock.advance(999);
    assert.equal(pool.threads, 1);
    await clock.advance(1);
    assert.equal(pool.threads, 0);
    assert.equal(await answer(pool, 'b'), 'b');
  });
});

for (const how of ['exit', 'throw'] as const) {
  test(`a thread that dies by ${how} takes only its own job with it`, async () => {
    await withPool(2, async (pool) => {
      const dying = pool.run({ do: how }, { signal: never, onProgress() {} });
      const [lost, fine] = await Promise.allSettled([dying, answer(pool, 'fine')]);
      assert.equal(lost.status === 'rejected' && lost.reason.reason, 'crashed');
      assert.deepEqual(fine, { status: 'fulfilled', value: 'fine' });
      assert.equal(await answer(pool, 'next'), 'next');
    });
  });
}

test('a failure that the worker reports keeps its thread', async () => {
  await withPool(1, async (pool) => {
    const failing = pool.run({ do: 'fail' }, { signal: never, onProgress() {} });
    await assert.rejects(failing, {
      name: 'RenderFailure',
      reason: 'unreadable_input',
      message: 'no picture',
    });
    assert.equal(pool.threads, 1);
  });
});

test('abort ends a computation that never looks up, and the waiting job gets a fresh thread', async () => {
  await withPool(1, async (pool) => {
    const abort = new AbortController();
    const hanging = pool.run(
      { do: 'hang' },
      { signal: abort.signal, onProgress: () => abort.abort(new Error('given up')) },
    );
    const waiting = answer(pool, 'next');
    await assert.rejects(hanging, { message: 'given up' });
    assert.equal(await waiting, 'next');
  });
});

test('abort takes a waiting job out of the queue without touching the running one', async () => {
  await withPool(1, async (pool) => {
    const abort = new AbortController();
    const running = answer(pool, 'a');
    const waiting = pool.run({ do: 'exit' }, { signal: abort.signal, onProgress() {} });
    abort.abort(new Error('not needed'));
    await assert.rejects(waiting, { message: 'not needed' });
    assert.equal(await running, 'a');
    await assert.rejects(pool.run({ do: 'answer' }, { signal: abort.signal, onProgress() {} }), {
      message: 'not needed',
    });
  });
});

test('progress never falls', async () => {
  await withPool(1, async (pool) => {
    const heard: number[] = [];
    await pool.run(
      { do: 'answer', percents: [3, 10, 7, 10, 50] },
      { signal: never, onProgress: (percent) => heard.push(percent) },
    );
    assert.deepEqual(heard, [3, 10, 50]);
  });
});

test('close rejects what runs, what waits and what comes', async () => {
  const pool = createPool<Job, string>({ script, workers: 1, idleMs: 1000, clock: new ManualClock() });
  const jobs = [pool.run({ do: 'hang' }, { signal: never, onProgress() {} }), answer(pool, 'a')];
  const ends = Promise.allSettled(jobs);
  await pool.close();
  for (const end of await ends) assert.equal(end.status === 'rejected' && end.reason.reason, 'closed');
  await assert.rejects(answer(pool, 'b'), { reason: 'closed' });
});
