import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkRequest } from './checks.ts';
import type { MediaPart, RenderRequest, WireError } from './wire.ts';

const PICTURE: MediaPart = {
  field: 'image_urls',
  index: 0,
  mime_type: 'image/jpeg',
  width: 1280,
  height: 720,
};

function request(params: RenderRequest['params'], media: readonly MediaPart[] = []): RenderRequest {
  return {
    key: 'k',
    model: 'studio-video-1',
    attempt: 1,
    params: { prompt: 'waves', ...params },
    media: [...media],
  };
}

function refused(asked: RenderRequest, bytes = 10): WireError {
  const refusal = checkRequest(
    asked,
    asked.media.map(() => new Uint8Array(bytes)),
  );
  return refusal?.error ?? assert.fail('the request was taken');
}

describe('the checks at the door of the studio', () => {
  it('takes what is within the limits', () => {
    for (const part of [
      PICTURE,
      { ...PICTURE, width: 240, height: 7_680 },
      { ...PICTURE, width: null, height: null },
    ]) {
      assert.equal(checkRequest(request({}, [part]), [new Uint8Array(10_000_000)]), null);
    }
  });

  it('refuses with the words of the error dictionary', () => {
    const cases: readonly [WireError, string, string, string][] = [
      [
        refused(request({ prompt: 'x'.repeat(2_001) })),
        'prompt_too_long',
        'prompt',
        'Prompt is too long: at most 2000 characters, got 2001',
      ],
      [
        refused(request({}, [{ ...PICTURE, width: 239 }])),
        'image_dimension',
        'image_urls[0]',
        'image dimensions must be between 240 and 7680',
      ],
      [
        refused(request({}, [{ ...PICTURE, height: 7_681 }])),
        'image_dimension',
        'image_urls[0]',
        'image dimensions must be between 240 and 7680',
      ],
      [
        refused(request({}, [PICTURE]), 10_000_001),
        'file_too_large',
        'image_urls[0]',
        'file size exceeds 10MB',
      ],
      [
        refused(request({}, [{ ...PICTURE, mime_type: 'image/tiff' }])),
        'unsupported_format',
        'image_urls[0]',
        'unsupported file type',
      ],
      [
        refused(request({ duration: 31 })),
        'video_duration',
        'duration',
        'Video duration must be between 1-30 seconds',
      ],
      [
        refused(request({ duration: 0 })),
        'video_duration',
        'duration',
        'Video duration must be between 1-30 seconds',
      ],
    ];
    for (const [error, reason, param, message] of cases) {
      assert.equal(error.code, 'invalid_request');
      assert.deepEqual([error.reason, error.param, error.message], [reason, param, message]);
    }
    assert.deepEqual(cases[0]?.[0].limits, { max_chars: 2_000, actual_chars: 2_001 });
  });

  it('demands pictures of exactly the size that the request names', () => {
    const second: MediaPart = { ...PICTURE, index: 1, width: 720, height: 1280 };
    const error = refused(request({ aspect_ratio: '1280x720' }, [PICTURE, second]));
    assert.equal(error.code, 'size_mismatch');
    assert.equal(error.param, 'image_urls[1]');
    assert.equal(error.message, 'aspect_ratio requires a landscape image of exactly the size it names');
    assert.deepEqual(error.limits, { expected: '1280x720', actual: '720x1280' });
    assert.equal(
      checkRequest(request({ aspect_ratio: '16:9' }, [second]), [new Uint8Array(1)])?.error,
      undefined,
    );
  });

  it('names the field that it does not take', () => {
    assert.equal(refused(request({ lenght: 5 })).param, 'lenght');
    assert.equal(refused(request({ prompt: undefined })).param, 'prompt');
    assert.equal(
      refused(request({}, [PICTURE, { ...PICTURE, index: 1 }, { ...PICTURE, index: 2 }])).param,
      'image_urls[2]',
    );
    assert.equal(refused(request({}, [{ ...PICTURE, field: 'mask_url' }])).param, 'mask_url');
    assert.equal(refused({ ...request({}), model: 'studio-video-9' }).param, 'model');
  });
});
