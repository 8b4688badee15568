/**
 * Google's own SDK against the emulator: what it understands, the real API would have said too. Version 2, the last that speaks
 * Veo's operations with an API key.
 */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ApiError, FinishReason, GoogleGenAI } from '@google/genai';
import { type RunningEmulator, startEmulator } from './emulator.ts';
import { createGemini } from './gemini.ts';
import { mediaBytes } from './media.ts';

async function withSdk(body: (sdk: GoogleGenAI, running: RunningEmulator) => Promise<void>): Promise<void> {
  const running = await startEmulator(createGemini());
  try {
    await body(new GoogleGenAI({ apiKey: 'AIza-sandbox', httpOptions: { baseUrl: running.url } }), running);
  } finally {
    await running.close();
  }
}

const PICTURES = 'gemini-3.1-flash-image';
const CLIPS = 'veo-3.1-generate-preview';

async function clip(sdk: GoogleGenAI, prompt: string) {
  const image = { imageBytes: mediaBytes('/media/picture.png').toString('base64'), mimeType: 'image/png' };
  let operation = await sdk.models.generateVideos({
    model: CLIPS,
    source: { prompt, image },
    config: { durationSeconds: 8, aspectRatio: '16:9', resolution: '720p' },
  });
  for (let looks = 0; looks < 5 && operation.done !== true; looks++) {
    operation = await sdk.operations.getVideosOperation({ operation });
  }
  return operation;
}

test('the SDK makes a picture', async () => {
  await withSdk(async (sdk, running) => {
    const answer = await sdk.models.generateContent({
      model: PICTURES,
      contents: 'a quiet harbour',
      config: {
        responseModalities: ['TEXT', 'IMAGE'],
        imageConfig: { aspectRatio: '16:9', imageSize: '2K' },
      },
    });
    const part = answer.candidates?.[0]?.content?.parts?.find(({ inlineData }) => inlineData);
    assert.equal(part?.inlineData?.data, mediaBytes('/media/picture.png').toString('base64'));
    assert.equal(running.jobsMade(), 1);
  });
});

test('the SDK shows why there is no picture, and throws what is refused', async () => {
  await withSdk(async (sdk) => {
    const ask = (contents: string) => sdk.models.generateContent({ model: PICTURES, contents });
    const filtered = await ask('sandbox:image_safety');
    assert.equal(filtered.candidates?.[0]?.finishReason, FinishReason.IMAGE_SAFETY);
    const blocked = await ask('sandbox:blocked_prompt');
    assert.equal(blocked.promptFeedback?.blockReason, 'PROHIBITED_CONTENT');
    await assert.rejects(ask('sandbox:rate'), (error) => {
      assert.ok(error instanceof ApiError);
      assert.equal(error.status, 429);
      assert.match(error.message, /retryDelay/);
      return true;
    });
  });
});

test('the SDK makes a clip from a frame, watches it and downloads it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'genai-'));
  try {
    await withSdk(async (sdk, running) => {
      const operation = await clip(sdk, 'waves');
      const made = operation.response?.generatedVideos?.[0];
      assert.match(made?.video?.uri ?? '', /\/files\/op1:download\?alt=media$/);
      const downloadPath = join(folder, 'clip.mp4');
      if (made) await sdk.files.download({ file: made, downloadPath });
      assert.deepEqual(await readFile(downloadPath), mediaBytes('/media/clip.mp4'));
      const sent = JSON.stringify(running.calls[0]?.body);
      assert.match(sent, /"image":\{"bytesBase64Encoded":"/);
      assert.match(sent, /"durationSeconds":8/);
    });
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('the SDK shows why there is no clip', async () => {
  await withSdk(async (sdk) => {
    const filtered = await clip(sdk, 'sandbox:filtered');
    assert.equal(filtered.response?.raiMediaFilteredCount, 1);
    const failed = await clip(sdk, 'sandbox:operation_internal');
    assert.equal(failed.error?.code, 13);
  });
});
