import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { TaskError } from '@sluice/errors';
import type { InputLimits, ModelDefinition } from '../catalog/model.ts';
import type { FileStore } from '../files/files.ts';
import { openLocalFiles } from '../files/local.ts';
import type { JsonObject } from '../json.ts';
import { FakeInternet, PUBLIC_ADDRESS } from '../net/fake-internet.ts';
import { createFetcher, type Fetcher } from '../net/fetcher.ts';
import { createChecker, type MediaChecker } from './checker.ts';
import { type PreparedInputs, prepareInputs } from './inputs.ts';
import { sampleHeic, sampleImage, sampleVideo } from './sample-media.ts';

const TASK_ID = 'task-unified-1767225600-abcdefghijkl';
const images: InputLimits = {
  max: 2,
  formats: ['jpeg', 'png', 'webp'],
  maxBytes: 200_000,
  minSide: 240,
  maxSide: 7680,
  mustMatch: 'aspect_ratio',
};
const model: ModelDefinition = {
  id: 'studio-video-1',
  type: 'video',
  description: '',
  parameters: { type: 'object', properties: {} },
  unknownParameters: 'ignore',
  inputs: {
    image_urls: images,
    mask_url: { ...images, max: 1 },
    video_urls: { max: 1, formats: ['mp4', 'webm'], maxSeconds: 2 },
  },
  pricing: { rule: 'per_call', milliCredits: 1 },
  timeoutMs: 1000,
  estimateSeconds: 1,
  routes: [],
};

describe('preparing the inputs of a task', () => {
  let folder: string;
  let files: FileStore;
  let fetcher: Fetcher;
  let checker: MediaChecker;
  let internet: FakeInternet;
  let asked: string[];
  const pages = new Map<string, Buffer | number>();

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-inputs-'));
    files = await openLocalFiles(join(folder, 'files'));
    checker = createChecker({ workers: 1 });
    internet = new FakeInternet();
    internet.name('media.test', [PUBLIC_ADDRESS]);
    const handler: RequestListener = (request, response) => {
      const path = request.url ?? '';
      asked.push(path);
      const page = pages.get(path) ?? 404;
      if (typeof page === 'number') response.writeHead(page).end();
      else response.end(page);
    };
    await internet.serve(handler);
    fetcher = createFetcher(
      { allowHttpLoopback: false, scratch: join(folder, 'scratch') },
      { network: internet },
    );
    pages.set('/landscape.jpg', await sampleImage('jpeg', 320, 240));
    pages.set('/portrait.jpg', await sampleImage('jpeg', 240, 320));
    pages.set('/small.png', await sampleImage('png', 100, 100));
    pages.set('/heavy.png', Buffer.concat([await sampleImage('png', 300, 300), Buffer.alloc(200_000)]));
    pages.set('/cut.jpg', (await sampleImage('jpeg', 320, 240)).subarray(0, 9000));
    pages.set('/photo.heic', sampleHeic(4032, 3024));
    pages.set('/page.jpg', Buffer.from('<!doctype html><html></html>'));
    pages.set('/clip.mp4', await sampleVideo('mp4', 64, 64, 1));
    pages.set('/long.mp4', await sampleVideo('mp4', 64, 64, 4));
    pages.set('/busy.jpg', 503);
  });
  beforeEach(() => {
    asked = [];
  });
  after(async () => {
    await internet.close();
    await checker.close();
    await rm(folder, { recursive: true, force: true });
  });

  function prepare(params: JsonObject, signal = new AbortController().signal): Promise<PreparedInputs> {
    return prepareInputs({ task: { id: TASK_ID, params }, model, files, fetcher, checker, signal });
  }

  async function refusal(params: JsonObject): Promise<TaskError> {
    try {
      await prepare(params);
    } catch (error) {
      assert.ok(TaskError.is(error), String(error));
      assert.deepEqual(await readdir(join(folder, 'scratch')), [], 'nothing is left in the scratch folder');
      return error;
    }
    return assert.fail('expected a refusal');
  }

  const summary = (error: TaskError) => [error.code, error.subtype, error.param];

  it('keeps what is right, and gives the parameters without media', async () => {
    const { inputs, params, repairs } = await prepare({
      prompt: 'sail',
      aspect_ratio: '320x240',
      image_urls: ['https://media.test/landscape.jpg'],
      video_urls: ['https://media.test/clip.mp4'],
    });
    assert.deepEqual(params, { prompt: 'sail', aspect_ratio: '320x240' });
    assert.deepEqual(repairs, []);
    const [image, clip] = inputs;
    const bytes = pages.get('/landscape.jpg');
    assert.ok(Buffer.isBuffer(bytes));
    assert.deepEqual(image, {
      param: 'image_urls',
      index: 0,
      kind: 'image',
      fileKey: `inputs/${TASK_ID}/image_urls-0.jpg`,
      mimeType: 'image/jpeg',
      bytes: bytes.byteLength,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      width: 320,
      height: 240,
      seconds: null,
    });
    assert.deepEqual(await files.read(image?.fileKey ?? ''), bytes);
    assert.deepEqual(
      [clip?.kind, clip?.mimeType, clip?.width, Math.round(clip?.seconds ?? 0)],
      ['video', 'video/mp4', 64, 1],
    );
    assert.deepEqual(await readdir(join(folder, 'scratch')), []);
  });

  it('fetches a URL that is named twice once', async () => {
    const url = 'https://media.test/landscape.jpg';
    const { inputs } = await prepare({ image_urls: [url, url], mask_url: url });
    assert.deepEqual(asked, ['/landscape.jpg']);
    assert.deepEqual(
      inputs.map(({ param, index }) => `${param}-${index}`),
      ['image_urls-0', 'image_urls-1', 'mask_url-0'],
    );
    assert.equal(new Set(inputs.map((input) => input.fileKey)).size, 1);
  });

  it('takes what intake kept under its hash', async () => {
    const data = await sampleImage('png', 250, 250);
    const key = `inputs/${createHash('sha256').update(data).digest('hex')}`;
    await files.put(key, data);
    const { inputs } = await prepare({
      image_urls: [`sluice-file:${key}`],
    });
    assert.deepEqual([inputs[0]?.mimeType, inputs[0]?.width], ['image/png', 250]);
    assert.ok(await files.stat(key), 'another task may refer to it too');
  });

  it('never reads another key of the store for a client', async () => {
    await files.put('results/secret/1.png', await sampleImage('png', 250, 250));
    for (const url of ['sluice-file:results/secret/1.png', 'sluice-file:inputs/../results/secret/1.png']) {
      assert.deepEqual(summary(await refusal({ image_urls: [url] })), [
        'image_processing_error',
        'url_inaccessible',
        'image_urls[0]',
      ]);
    }
  });

  it('leaves parameters alone that the model does not take', async () => {
    const { inputs, params } = await prepare({ audio_urls: ['https://media.test/none.mp3'] });
    assert.deepEqual([inputs, params, asked], [[], {}, []]);
  });

  it('says which orientation an exact size requires', async () => {
    const error = await refusal({ aspect_ratio: '320x240', image_urls: ['https://media.test/portrait.jpg'] });
    assert.deepEqual(summary(error), ['image_dimension_mismatch', null, 'image_urls[0]']);
    assert.match(
      error.message,
      /aspect_ratio=320x240\(4:3\) requires a 320x240 landscape image; yours \(image_urls\[0\]\) is 240x320 portrait\./,
    );
    assert.equal(error.details.actual_orientation, 'portrait');
    assert.deepEqual(
      error.fixes.map((fix) => fix.op),
      ['crop', 'pad'],
    );
  });

  const refusals: readonly (readonly [path: string, code: string, subtype: string, reason?: string])[] = [
    ['/small.png', 'invalid_parameters', 'image_dimension'],
    ['/heavy.png', 'invalid_parameters', 'file_too_large'],
    ['/clip.mp4', 'invalid_parameters', 'unsupported_format'],
    ['/cut.jpg', 'image_processing_error', 'corrupted', 'corrupted'],
    ['/photo.heic', 'image_processing_error', 'unsupported_format'],
    ['/page.jpg', 'image_processing_error', 'url_inaccessible', 'html_instead_of_media'],
    ['/absent.jpg', 'image_processing_error', 'url_inaccessible', 'gone'],
    ['/busy.jpg', 'image_processing_error', 'network', 'http_status'],
  ];
  for (const [path, code, subtype, reason] of refusals) {
    it(`refuses ${path} as ${code}/${subtype}`, async () => {
      const error = await refusal({ image_urls: [`https://media.test${path}`] });
      assert.deepEqual(summary(error), [code, subtype, 'image_urls[0]']);
      assert.equal(error.details.reason, reason);
    });
  }

  it('refuses a clip that is too long', async () => {
    const error = await refusal({ video_urls: ['https://media.test/long.mp4'] });
    assert.deepEqual(summary(error), ['invalid_parameters', 'video_duration', 'video_urls[0]']);
    assert.equal(error.details.max_seconds, 2);
  });

  it('names everything that is wrong with everything, the most useful on top', async () => {
    const error = await refusal({
      aspect_ratio: '320x240',
      image_urls: [
        'https://media.test/busy.jpg',
        'https://media.test/small.png',
        'https://media.test/landscape.jpg',
      ],
      mask_url: 'https://media.test/cut.jpg',
    });
    assert.deepEqual(
      error.issues.map((issue) => [issue.param, issue.subtype ?? issue.code]),
      [
        ['image_urls', 'general'],
        ['image_urls[0]', 'network'],
        ['image_urls[1]', 'image_dimension'],
        ['image_urls[1]', 'image_dimension_mismatch'],
        ['mask_url', 'corrupted'],
      ],
    );
    assert.equal(error.param, 'image_urls');
    assert.equal(error.retry.retryable, false);
  });

  it('is an internal fault when what intake kept has vanished', async () => {
    await assert.rejects(
      prepare({ image_urls: [`sluice-file:inputs/${'0'.repeat(64)}`] }),
      (error) => !TaskError.is(error),
    );
  });

  it('stops with the reason of the caller', async () => {
    const controller = new AbortController();
    controller.abort(new Error('deadline'));
    await assert.rejects(prepare({ image_urls: ['https://media.test/landscape.jpg'] }, controller.signal), {
      message: 'deadline',
    });
  });
});
