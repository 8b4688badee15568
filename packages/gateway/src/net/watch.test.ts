import assert from 'node:assert/strict';
import type { RequestListener } from 'node:http';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { FetchFailure } from './failure.ts';
import { createFetcher } from './fetcher.ts';
import { FetchTrial, failureIn } from './trial.ts';

const PICTURE = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(5000, 7)]);

describe('the time limits of a download', () => {
  let trial: FetchTrial;
  beforeEach(async () => {
    trial = await FetchTrial.open();
  });
  afterEach(() => trial.close());

  /** Moves the clock once the server has the request. */
  async function whileServing(handler: RequestListener, advanceMs: number): Promise<FetchFailure> {
    const { promise: reached, resolve } = Promise.withResolvers<void>();
    await trial.internet.serve((request, response) => {
      handler(request, response);
      resolve();
    });
    const fetching = trial.fetch('https://media.test/');
    await reached;
    let done = false;
    const outcome = fetching.finally(() => {
      done = true;
    });
    while (!done) await trial.clock.advance(advanceMs);
    return failureIn(await outcome);
  }

  it('limits the wait for an answer', async () => {
    assert.deepEqual(await whileServing(() => {}, 16_000), {
      reason: 'timeout',
      stage: 'headers',
      limitMs: 15_000,
    });
  });

  it('refuses a body that trickles', async () => {
    const trickle: RequestListener = (_, r) => {
      r.writeHead(200);
      r.write(PICTURE.subarray(0, 100));
    };
    assert.deepEqual(await whileServing(trickle, 1_000), {
      reason: 'timeout',
      stage: 'slow_body',
      limitMs: 10_000,
    });
  });

  it('limits looking up and connecting', async () => {
    const stuck = {
      resolve: () => new Promise<never>(() => {}),
      dial: trial.internet.dial.bind(trial.internet),
      dialProxy: trial.internet.dialProxy.bind(trial.internet),
      trust: trial.internet.trust,
    };
    const fetcher = createFetcher(
      { allowHttpLoopback: false, scratch: trial.scratch },
      { clock: trial.clock, network: stuck },
    );
    const fetching = fetcher.fetchMedia('https://media.test/', {
      maxBytes: 9,
      signal: new AbortController().signal,
      purpose: 'input',
    });
    await trial.clock.advance(5_000);
    assert.deepEqual(failureIn(await fetching), { reason: 'timeout', stage: 'dns', limitMs: 5_000 });
  });

  it('limits the whole, redirects included', async () => {
    await trial.internet.serve((_, response) => {
      void trial.clock.advance(14_000).then(() => response.writeHead(302, { location: '/' }).end());
    });
    assert.deepEqual(failureIn(await trial.fetch('https://media.test/')), {
      reason: 'timeout',
      stage: 'total',
      limitMs: 30_000,
    });
  });

  it('rejects with the reason of the caller who gives up', async () => {
    const controller = new AbortController();
    await trial.internet.serve(() => controller.abort(new Error('deadline')));
    await assert.rejects(trial.fetch('https://media.test/', {}, controller.signal), { message: 'deadline' });
    await assert.rejects(trial.fetch('https://media.test/', {}, controller.signal), { message: 'deadline' });
  });
});
