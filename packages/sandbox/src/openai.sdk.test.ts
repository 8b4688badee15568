/** OpenAI's own SDK against the emulator: what it understands, the real API would have said too. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import OpenAI, { AuthenticationError, BadRequestError, RateLimitError, toFile } from 'openai';
import { type RunningEmulator, startEmulator } from './emulator.ts';
import { mediaBytes } from './media.ts';
import { createOpenai } from './openai.ts';

async function withSdk(body: (sdk: OpenAI, running: RunningEmulator) => Promise<void>): Promise<void> {
  const running = await startEmulator(createOpenai());
  try {
    await body(new OpenAI({ apiKey: 'sk-sandbox', baseURL: `${running.url}/v1`, maxRetries: 0 }), running);
  } finally {
    await running.close();
  }
}

const model = 'gpt-image-2';

test('the SDK makes pictures', async () => {
  await withSdk(async (sdk, running) => {
    const made = await sdk.images.generate({ model, prompt: 'a quiet harbour', n: 2, size: '1024x1024' });
    assert.equal(made.data?.length, 2);
    const bytes = Buffer.from(made.data?.[0]?.b64_json ?? '', 'base64');
    assert.deepEqual(bytes, mediaBytes('/media/picture.png'));
    assert.equal(made.usage?.total_tokens, 282);
    assert.equal(running.jobsMade(), 1);
  });
});

test('the SDK edits pictures, one or several, with a mask', async () => {
  await withSdk(async (sdk, running) => {
    const file = () => toFile(mediaBytes('/media/picture.png'), 'picture.png', { type: 'image/png' });
    const one = await sdk.images.edit({ model, prompt: 'brighter', image: await file(), mask: await file() });
    assert.equal(one.data?.length, 1);
    const two = await sdk.images.edit({ model, prompt: 'both', image: [await file(), await file()] });
    assert.equal(two.data?.length, 1);
    assert.match(running.calls[1]?.raw.toString('latin1') ?? '', /name="image\[\]"/);
  });
});

test('the SDK throws what the API refuses, with its code', async () => {
  await withSdk(async (sdk, running) => {
    const ask = (prompt: string, more = {}) => sdk.images.generate({ model, prompt, ...more });
    await assert.rejects(ask('sandbox:moderation_output'), (error) => {
      assert.ok(error instanceof BadRequestError);
      assert.equal(error.code, 'moderation_blocked');
      assert.equal(error.type, 'image_generation_user_error');
      assert.equal(error.requestID, 'req_sandbox');
      return true;
    });
    await assert.rejects(ask('sandbox:quota'), (error) => {
      assert.ok(error instanceof RateLimitError);
      assert.equal(error.code, 'insufficient_quota');
      return true;
    });
    await assert.rejects(ask('sandbox:bad_key'), AuthenticationError);
    await assert.rejects(ask('a harbour', { response_format: 'url' }), { code: 'unknown_parameter' });
    assert.equal(running.jobsMade(), 0);
  });
});
