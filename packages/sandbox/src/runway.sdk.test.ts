/** Runway's own SDK against the emulator: what it understands, the real API would have said too. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import RunwayML, { APIError } from '@runwayml/sdk';
import { type RunningEmulator, startEmulator } from './emulator.ts';
import { createRunway } from './runway.ts';

async function withSdk(body: (sdk: RunwayML, running: RunningEmulator) => Promise<void>): Promise<void> {
  const running = await startEmulator(createRunway());
  try {
    await body(new RunwayML({ apiKey: 'key_sandbox', baseURL: running.url, maxRetries: 0 }), running);
  } finally {
    await running.close();
  }
}

const clip = (promptText: string) =>
  ({ model: 'gen4.5', promptText, ratio: '1280:720', duration: 5 }) as const;

/** Asks without the SDK's own six seconds between two looks. */
async function ended(sdk: RunwayML, id: string) {
  for (let looks = 0; looks < 5; looks++) {
    const task = await sdk.tasks.retrieve(id);
    if (task.status === 'SUCCEEDED' || task.status === 'FAILED' || task.status === 'CANCELLED') return task;
  }
  throw new Error('no end after five looks');
}

test('the SDK creates a task, watches it and gets a clip that is there', async () => {
  await withSdk(async (sdk, running) => {
    const { id, estimatedCost } = await sdk.textToVideo.create(clip('a quiet harbour'));
    assert.equal(estimatedCost.credits, 5);
    const task = await ended(sdk, id);
    assert.equal(task.status, 'SUCCEEDED');
    const link = task.status === 'SUCCEEDED' ? task.output[0] : undefined;
    const file = await fetch(link ?? '');
    assert.equal(file.headers.get('content-type'), 'video/mp4');
    assert.equal(running.jobsMade(), 1);
  });
});

test('the SDK uploads a file and uses it', async () => {
  await withSdk(async (sdk) => {
    const file = new File([Uint8Array.of(1, 2, 3)], 'frame.png', { type: 'image/png' });
    const { uri } = await sdk.uploads.createEphemeral({ file });
    assert.equal(uri, 'runway://frame.png');
    const made = await sdk.imageToVideo.create({ model: 'gen4_turbo', promptImage: uri, ratio: '1280:720' });
    assert.equal((await ended(sdk, made.id)).status, 'SUCCEEDED');
  });
});

test('the SDK sees a refusal as its own error', async () => {
  await withSdk(async (sdk, running) => {
    await assert.rejects(sdk.textToVideo.create(clip('sandbox:no_credits')), (error: unknown) => {
      assert.ok(error instanceof APIError);
      assert.equal(error.status, 400);
      assert.match(error.message, /enough credits/);
      return true;
    });
    assert.equal(running.jobsMade(), 0);
  });
});

test('the SDK sees why a task failed', async () => {
  await withSdk(async (sdk) => {
    const { id } = await sdk.textToVideo.create(clip('sandbox:policy_output'));
    const task = await ended(sdk, id);
    assert.equal(task.status, 'FAILED');
    assert.equal(task.status === 'FAILED' ? task.failureCode : null, 'SAFETY.OUTPUT.VIDEO');
  });
});

test('the SDK cancels a task, which is gone then', async () => {
  await withSdk(async (sdk) => {
    const { id } = await sdk.textToVideo.create(clip('a quiet harbour'));
    await sdk.tasks.delete(id);
    await assert.rejects(
      sdk.tasks.retrieve(id),
      (error: unknown) => error instanceof APIError && error.status === 404,
    );
  });
});
