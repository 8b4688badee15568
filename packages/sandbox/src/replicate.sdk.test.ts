/** Replicate's own SDK against the emulator: what it understands, the real API would have said too. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import Replicate from 'replicate';
import { type RunningEmulator, startEmulator } from './emulator.ts';
import { createReplicate } from './replicate.ts';

const MODEL = 'black-forest-labs/flux-schnell';

async function withSdk(body: (sdk: Replicate, running: RunningEmulator) => Promise<void>): Promise<void> {
  const running = await startEmulator(createReplicate());
  try {
    await body(new Replicate({ auth: 'r8_sandbox', baseUrl: `${running.url}/v1` }), running);
  } finally {
    await running.close();
  }
}

test('the SDK creates a prediction, waits for it and gets a picture that is there', async () => {
  await withSdk(async (sdk, running) => {
    const made = await sdk.predictions.create({ model: MODEL, input: { prompt: 'a quiet harbour' } });
    assert.equal(made.status, 'starting');
    const prediction = await sdk.wait(made, { interval: 1 });
    assert.equal(prediction.status, 'succeeded');
    const file = await fetch(String(prediction.output[0]));
    assert.equal(file.headers.get('content-type'), 'image/png');
    assert.equal(running.jobsMade(), 1);
  });
});

test('the SDK sees a failed prediction with its reason', async () => {
  await withSdk(async (sdk) => {
    const made = await sdk.predictions.create({ model: MODEL, input: { prompt: 'sandbox:policy' } });
    await assert.rejects(sdk.wait(made, { interval: 1 }), /flagged as sensitive/);
  });
});

test('the SDK sees a refusal as its own error', async () => {
  await withSdk(async (sdk, running) => {
    await assert.rejects(
      sdk.predictions.create({ model: MODEL, input: { prompt: 'sandbox:no_credit' } }),
      (error: Error & { response?: Response }) => {
        assert.equal(error.response?.status, 402);
        assert.match(error.message, /insufficient credit/i);
        return true;
      },
    );
    assert.equal(running.jobsMade(), 0);
  });
});

test('the SDK cancels', async () => {
  await withSdk(async (sdk) => {
    const made = await sdk.predictions.create({ model: MODEL, input: { prompt: 'a quiet harbour' } });
    assert.equal((await sdk.predictions.cancel(made.id)).status, 'canceled');
  });
});
