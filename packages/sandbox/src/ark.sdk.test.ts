/** The pictures interface is made for OpenAI's SDK, which Ark's documentation uses where it has none of its own (JavaScript). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import OpenAI, { APIError } from 'openai';
import { createArk } from './ark.ts';
import { startEmulator } from './emulator.ts';

const MODEL = 'doubao-seedream-4-5-251128';

async function withSdk(body: (sdk: OpenAI) => Promise<void>): Promise<void> {
  const running = await startEmulator(createArk());
  const sdk = new OpenAI({ apiKey: 'ark-key', baseURL: `${running.url}/api/v3`, maxRetries: 0 });
  try {
    await body(sdk);
  } finally {
    await running.close();
  }
}

test('the SDK gets a picture', () =>
  withSdk(async (sdk) => {
    const answer = await sdk.images.generate({ model: MODEL, prompt: 'a harbour', response_format: 'url' });
    assert.match(answer.data?.[0]?.url ?? '', /^http.*picture\.png$/);
  }));

for (const [scenario, status, code] of [
  ['policy', 400, 'InputTextSensitiveContentDetected'],
  ['rate', 429, 'ModelAccountRpmRateLimitExceeded'],
  ['bad_key', 401, 'AuthenticationError'],
] as const) {
  test(`the SDK reads the refusal of sandbox:${scenario}`, () =>
    withSdk(async (sdk) => {
      const asked = sdk.images.generate({ model: MODEL, prompt: `a harbour sandbox:${scenario}` });
      await assert.rejects(asked, (error) => {
        assert.ok(error instanceof APIError);
        assert.deepEqual([error.status, error.code], [status, code]);
        return true;
      });
    }));
}
