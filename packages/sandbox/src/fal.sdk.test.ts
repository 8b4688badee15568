/** fal's own SDK against the emulator: what it understands, the real API would have said too. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError, createFalClient, type FalClient, ValidationError } from '@fal-ai/client';
import { type RunningEmulator, startEmulator } from './emulator.ts';
import { createFal } from './fal.ts';

const MODEL = 'fal-ai/sandbox';

/** The SDK knows only fal's own hosts, so its calls are sent to the emulator under the same path. */
async function withSdk(body: (sdk: FalClient, running: RunningEmulator) => Promise<void>): Promise<void> {
  const running = await startEmulator(createFal());
  const redirected: typeof fetch = (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    return fetch(new URL(url.pathname + url.search, running.url), init);
  };
  try {
    await body(
      createFalClient({ credentials: 'sandbox:key', fetch: redirected, retry: { maxRetries: 0 } }),
      running,
    );
  } finally {
    await running.close();
  }
}

async function completed(sdk: FalClient, requestId: string): Promise<void> {
  for (let looks = 0; looks < 5; looks++) {
    const { status } = await sdk.queue.status(MODEL, { requestId });
    if (status === 'COMPLETED') return;
  }
  throw new Error('no end after five looks');
}

test('the SDK submits, watches and gets a picture that is there', async () => {
  await withSdk(async (sdk, running) => {
    const { request_id: requestId } = await sdk.queue.submit(MODEL, { input: { prompt: 'a quiet harbour' } });
    await completed(sdk, requestId);
    const { data } = await sdk.queue.result(MODEL, { requestId });
    const file = await fetch(data.images[0].url);
    assert.equal(file.headers.get('content-type'), 'image/png');
    assert.equal(running.jobsMade(), 1);
  });
});

test('the SDK sees a job that was refused at its result', async () => {
  await withSdk(async (sdk) => {
    const { request_id: requestId } = await sdk.queue.submit(MODEL, { input: { prompt: 'sandbox:policy' } });
    await completed(sdk, requestId);
    await assert.rejects(sdk.queue.result(MODEL, { requestId }), (error: unknown) => {
      assert.ok(error instanceof ValidationError);
      assert.equal(error.fieldErrors[0]?.type, 'content_policy_violation');
      return true;
    });
  });
});

test('the SDK sees a refused submit as its own error', async () => {
  await withSdk(async (sdk, running) => {
    await assert.rejects(
      sdk.queue.submit(MODEL, { input: { prompt: 'sandbox:no_balance' } }),
      (error: unknown) => {
        assert.ok(error instanceof ApiError);
        assert.equal(error.status, 403);
        return true;
      },
    );
    assert.equal(running.jobsMade(), 0);
  });
});
