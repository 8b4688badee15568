/** OpenAI's own SDK against the emulator: what it understands, the real API would have said too. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import OpenAI, { NotFoundError, RateLimitError, toFile } from 'openai';
import { type RunningEmulator, startEmulator } from './emulator.ts';
import { mediaBytes } from './media.ts';
import { createOpenaiVideos } from './openai-videos.ts';

async function withSdk(body: (sdk: OpenAI, running: RunningEmulator) => Promise<void>): Promise<void> {
  const running = await startEmulator(createOpenaiVideos());
  try {
    await body(new OpenAI({ apiKey: 'sk-sandbox', baseURL: `${running.url}/v1`, maxRetries: 0 }), running);
  } finally {
    await running.close();
  }
}

async function ended(sdk: OpenAI, id: string) {
  for (let looks = 0; looks < 5; looks++) {
    const video = await sdk.videos.retrieve(id);
    if (video.status === 'completed' || video.status === 'failed') return video;
  }
  throw new Error('no end after five looks');
}

test('the SDK creates a job, watches it and downloads the clip', async () => {
  await withSdk(async (sdk, running) => {
    const video = await sdk.videos.create({
      model: 'sora-2',
      prompt: 'waves',
      seconds: '4',
      size: '1280x720',
    });
    assert.deepEqual([video.object, video.status, video.seconds], ['video', 'queued', '4']);
    assert.equal((await ended(sdk, video.id)).progress, 100);
    const content = await sdk.videos.downloadContent(video.id);
    assert.deepEqual(Buffer.from(await content.arrayBuffer()), mediaBytes('/media/clip.mp4'));
    assert.equal((await sdk.videos.delete(video.id)).deleted, true);
    await assert.rejects(sdk.videos.retrieve(video.id), NotFoundError);
    assert.equal(running.jobsMade(), 1);
  });
});

test('the SDK sends a picture as a form', async () => {
  await withSdk(async (sdk) => {
    const input_reference = await toFile(mediaBytes('/media/picture.png'), 'frame.png', {
      type: 'image/png',
    });
    const video = await sdk.videos.create({ model: 'sora-2', prompt: 'waves', input_reference });
    assert.equal(video.prompt, 'waves');
  });
});

test('the SDK shows why a job failed, and throws what is refused', async () => {
  await withSdk(async (sdk) => {
    const { id } = await sdk.videos.create({ model: 'sora-2', prompt: 'sandbox:moderation' });
    const failed = await ended(sdk, id);
    assert.deepEqual([failed.status, failed.error?.code], ['failed', 'moderation_blocked']);
    const refused = sdk.videos.create({ model: 'sora-2', prompt: 'sandbox:rate' });
    await assert.rejects(refused, (error) => {
      assert.ok(error instanceof RateLimitError);
      assert.equal(error.headers.get('retry-after'), '12');
      return true;
    });
  });
});
