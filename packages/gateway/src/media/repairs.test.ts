import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { TaskError } from '@sluice/errors';
import fc from 'fast-check';
import sharp from 'sharp';
import type { InputLimits, ModelDefinition } from '../catalog/model.ts';
import type { FileStore } from '../files/files.ts';
import { openLocalFiles } from '../files/local.ts';
import type { JsonObject } from '../json.ts';
import { FakeInternet } from '../net/fake-internet.ts';
import { createFetcher } from '../net/fetcher.ts';
import { carryAutoFix, type RepairOp } from './auto-fix.ts';
import { createChecker, type MediaChecker } from './checker.ts';
import { type PreparedInputs, prepareInputs } from './inputs.ts';
import { claimingPng, sampleAnimation, sampleHeic, sampleImage } from './sample-media.ts';
import { surveyInputs } from './survey.ts';

const KEY = `inputs/${'a'.repeat(64)}`;
const ALL: readonly RepairOp[] = ['orient', 'convert', 'resize', 'crop', 'pad', 'compress'];

describe('repairing an input', () => {
  let folder: string;
  let files: FileStore;
  let checker: MediaChecker;
  const internet = new FakeInternet();

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-repairs-'));
    files = await openLocalFiles(join(folder, 'files'));
    checker = createChecker({ workers: 1 });
  });
  after(async () => {
    await checker.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function prepare(
    file: Uint8Array,
    limits: Partial<InputLimits>,
    ops: readonly RepairOp[] = [],
    params: JsonObject = {},
  ): Promise<PreparedInputs> {
    const model: ModelDefinition = {
      id: 'm',
      type: 'image',
      description: '',
      parameters: { type: 'object', properties: {} },
      unknownParameters: 'ignore',
      inputs: { image_urls: { max: 1, formats: ['jpeg', 'png', 'webp'], mustMatch: 'size', ...limits } },
      pricing: { rule: 'per_call', milliCredits: 1 },
      timeoutMs: 1000,
      estimateSeconds: 1,
      routes: [],
    };
    const fetcher = createFetcher(
      { allowHttpLoopback: false, scratch: join(folder, 'scratch') },
      { network: internet },
    );
    const task = {
      id: 'task-unified-1767225600-abcdefghijkl',
      params: { ...params, image_urls: [`sluice-file:${KEY}`], ...carryAutoFix({ ops, made: [] }) },
    };
    const unkept = new Map([[KEY, file]]);
    const { signal } = new AbortController();
    return prepareInputs({ task, model, files, fetcher, checker, signal, unkept });
  }

  async function refusal(...given: Parameters<typeof prepare>): Promise<TaskError> {
    const error = await prepare(...given).then(
      () => assert.fail('expected a refusal'),
      (thrown: unknown) => thrown,
    );
    assert.ok(TaskError.is(error), String(error));
    return error;
  }

  async function repaired(...given: Parameters<typeof prepare>) {
    const { inputs, repairs, params } = await prepare(...given);
    const [input] = inputs;
    assert.ok(input);
    assert.equal(params.auto_fix, undefined, 'a prepared task no longer carries what was allowed');
    const data = await files.read(input.fileKey);
    assert.ok(data);
    const metadata = await sharp(data).metadata();
    const { width, height } = metadata.autoOrient;
    assert.deepEqual([width, height, data.byteLength], [input.width, input.height, input.bytes]);
    return { said: repairs.map(({ op, from, to }) => `${op}: ${from} -> ${to}`), data, metadata, input };
  }

  it('brings a portrait to the landscape that is asked for, by the first way named', async () => {
    const portrait = await sampleImage('jpeg', 240, 320);
    const asked = { size: '320x240' };
    assert.deepEqual((await repaired(portrait, {}, ['crop'], asked)).said, ['crop: 240x320 -> 320x240']);
    const padded = await repaired(portrait, {}, ['pad', 'crop'], asked);
    assert.deepEqual(padded.said, ['pad: 240x320 -> 320x240']);
    const corner = await sharp(padded.data)
      .extract({ left: 0, top: 0, width: 20, height: 240 })
      .png()
      .toBuffer();
    assert.ok(
      (await sharp(corner).stats()).channels.every(({ mean }) => mean < 8),
      'bars are black',
    );
    assert.deepEqual((await repaired(await sampleImage('png', 640, 480), {}, ['resize'], asked)).said, [
      'resize: 640x480 -> 320x240',
    ]);
  });

  it('lists only fixes that do it, and lists them whether or not others were allowed', async () => {
    const asked = { size: '320x240' };
    const offered = async (width: number, height: number, ops: readonly RepairOp[] = []) =>
      (await refusal(await sampleImage('jpeg', width, height), {}, ops, asked)).fixes.map(
        (fix) => `${fix.op} ${fix.param} ${fix.to}`,
      );
    assert.deepEqual(await offered(240, 320), ['crop image_urls[0] 320x240', 'pad image_urls[0] 320x240']);
    assert.deepEqual(await offered(240, 320, ['convert']), await offered(240, 320));
    assert.deepEqual(await offered(640, 480), ['resize image_urls[0] 320x240']);
    assert.deepEqual(await offered(100, 150), ['pad image_urls[0] 320x240'], 'a crop would enlarge too much');
    assert.deepEqual(await offered(100, 75), [], 'more than twice');
  });

  it('names the repairs that are only enough together', async () => {
    const error = await refusal(await sampleImage('tiff', 200, 900), {
      minSide: 240,
      maxRatio: 2,
      minRatio: 0.5,
    });
    assert.deepEqual(
      error.issues.map((issue) => [issue.subtype, issue.fixes.map((fix) => `${fix.op} ${fix.to}`)]),
      [
        ['unsupported_format', ['convert image/jpeg']],
        ['image_dimension', ['resize 240x480']],
        ['image_dimension', ['crop 200x400', 'pad 450x900']],
      ],
    );
    const ops: RepairOp[] = ['convert', 'crop', 'resize'];
    const { said, metadata } = await repaired(
      await sampleImage('tiff', 200, 900),
      { minSide: 240, maxRatio: 2, minRatio: 0.5 },
      ops,
    );
    assert.deepEqual(said, [
      'convert: image/tiff -> image/jpeg',
      'crop: 200x900 -> 200x400',
      'resize: 200x400 -> 240x480',
    ]);
    assert.equal(metadata.format, 'jpeg');
  });

  it('converts AVIF, GIF and animations, best format first, and keeps what is transparent', async () => {
    const said = async (file: Uint8Array, limits: Partial<InputLimits> = {}) => {
      assert.equal((await refusal(file, limits)).fixes[0]?.op, 'convert');
      return (await repaired(file, limits, ['convert'])).said;
    };
    assert.deepEqual(await said(await sampleImage('avif', 64, 48)), ['convert: image/avif -> image/jpeg']);
    assert.deepEqual(await said(await sampleImage('gif', 64, 48)), ['convert: image/gif -> image/png']);
    assert.deepEqual(await said(await sampleAnimation('gif', 3)), [
      'convert: image/gif, 3 frames -> image/png',
    ]);
    assert.deepEqual(await said(await sampleAnimation('webp', 3)), [
      'convert: image/webp, 3 frames -> image/webp',
    ]);
    const glass = await sharp({ create: { width: 32, height: 32, channels: 4, background: '#ff000080' } })
      .tiff({ compression: 'deflate' })
      .toBuffer();
    const kept = await repaired(glass, {}, ['convert']);
    assert.deepEqual([kept.metadata.format, kept.metadata.hasAlpha], ['png', true]);
    const flat = await repaired(glass, { formats: ['jpeg'] }, ['convert']);
    const { channels } = await sharp(flat.data).stats();
    assert.ok((channels[1]?.mean ?? 0) > 100, 'over white, not over black');
  });

  it('turns what lies on its side upright', async () => {
    const side = await sampleImage('jpeg', 64, 32, 6);
    const { said, metadata } = await repaired(side, {}, ['orient']);
    assert.deepEqual(said, ['orient: EXIF orientation 6 -> upright']);
    assert.deepEqual([metadata.width, metadata.height, metadata.orientation], [32, 64, undefined]);
    assert.deepEqual((await repaired(side, {}, ['compress'])).said, [], 'only where it is allowed or needed');
  });

  it('normalises CMYK, 16 bit and what hangs behind a picture where a conversion is allowed, and not else', async () => {
    const plain = await sampleImage('jpeg', 64, 64);
    const cases: [Buffer, string][] = [
      [await sharp(plain).toColourspace('cmyk').jpeg().toBuffer(), 'image/jpeg, CMYK -> image/jpeg'],
      [await sharp(plain).toColourspace('rgb16').png().toBuffer(), 'image/png, 16 bit -> image/png'],
      ...(await Promise.all(
        (['jpeg', 'png', 'webp'] as const).map(
          async (format): Promise<[Buffer, string]> => [
            Buffer.concat([await sampleImage(format, 64, 64), Buffer.from('PK\u0003\u0004 a second file')]),
            `image/${format}, other data behind the picture -> image/${format}`,
          ],
        ),
      )),
    ];
    for (const [file, change] of cases) {
      assert.deepEqual((await repaired(file, {})).said, []);
      const { said, data, metadata } = await repaired(file, {}, ['convert']);
      assert.deepEqual(said, [`convert: ${change}`]);
      assert.deepEqual([metadata.space, metadata.depth], ['srgb', 'uchar']);
      assert.ok(!Buffer.from(data).includes('a second file'));
    }
    assert.deepEqual((await repaired(plain, {}, ALL)).said, [], 'a plain picture is left alone');
  });

  it('finds the best quality under the byte limit', async () => {
    const heavy = await sampleImage('jpeg', 600, 400);
    const maxBytes = Math.round(heavy.byteLength * 0.6);
    const { said, data } = await repaired(heavy, { maxBytes }, ['compress']);
    assert.equal(said.length, 1);
    assert.match(said[0] ?? '', /^compress: \d+\.\d KB -> \d+\.\d KB$/);
    assert.ok(
      data.byteLength <= maxBytes && data.byteLength > maxBytes * 0.7,
      `${data.byteLength} of ${maxBytes}`,
    );
    const error = await refusal(heavy, { maxBytes });
    assert.deepEqual([error.subtype, error.fixes.map((fix) => fix.op)], ['file_too_large', ['compress']]);
    const most = Math.round(heavy.byteLength * 0.8);
    const near = await repaired(heavy, { maxBytes: most }, ['compress']);
    assert.ok(near.data.byteLength > most * 0.9, `${near.data.byteLength} of ${most}`);
    const hopeless = await refusal(heavy, { maxBytes: 500 }, ALL);
    assert.deepEqual([hopeless.subtype, hopeless.fixes], ['file_too_large', []]);
    const png = await sampleImage('png', 300, 300);
    const small = { maxBytes: Math.round(png.byteLength * 0.5) };
    assert.equal((await repaired(png, small, ['compress'])).metadata.format, 'png');
    assert.equal((await repaired(png, small, ['compress', 'convert'])).metadata.format, 'jpeg');
  });

  it('leaves the error of what cannot be repaired as it is without', async () => {
    const cut = (await sampleImage('jpeg', 320, 240)).subarray(0, 3000);
    const bmp = Buffer.from(
      `424d${'3a000000'}${'00'.repeat(4)}36000000280000002000000020000000010018${'00'.repeat(25)}`,
      'hex',
    );
    const files: Uint8Array[] = [
      cut,
      bmp,
      sampleHeic(640, 480),
      await claimingPng(30_000, 30_000),
      Buffer.alloc(0),
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'),
      Buffer.from('hello'),
      (await sampleImage('gif', 64, 64)).subarray(0, 900),
    ];
    for (const file of files) {
      const without = await refusal(file, {});
      assert.deepEqual(without.fixes, []);
      assert.deepEqual((await refusal(file, {}, ALL)).toJSON(), without.toJSON());
    }
  });

  it('keeps nothing where only a check was asked for', async () => {
    const kept = async () => {
      const found: string[] = [];
      for await (const file of files.list('inputs/')) found.push(file.key);
      return found;
    };
    const before = await kept();
    const model: ModelDefinition = {
      id: 'm',
      type: 'image',
      description: '',
      parameters: { type: 'object', properties: {} },
      unknownParameters: 'ignore',
      inputs: { image_urls: { max: 1, formats: ['png'] } },
      pricing: { rule: 'per_call', milliCredits: 1 },
      timeoutMs: 1000,
      estimateSeconds: 1,
      routes: [],
    };
    const { problem, repairs, looked } = await surveyInputs(
      {
        task: {
          params: { image_urls: [`sluice-file:${KEY}`], ...carryAutoFix({ ops: ['convert'], made: [] }) },
        },
        model,
        files,
        fetcher: createFetcher(
          { allowHttpLoopback: false, scratch: join(folder, 's') },
          { network: internet },
        ),
        checker,
        signal: new AbortController().signal,
        unkept: new Map([[KEY, await sampleImage('avif', 32, 32)]]),
      },
      async ({ inputs, files: lying }) => {
        const [input] = inputs;
        assert.ok(input && inputs.length === 1);
        const bytes = await lying.read(input.fileKey);
        return [input.mimeType, bytes?.length === input.bytes, await lying.read('survey/other')];
      },
    );
    assert.equal(problem, null);
    assert.deepEqual(looked, ['image/png', true, null]);
    assert.deepEqual(repairs, [
      { op: 'convert', param: 'image_urls[0]', from: 'image/avif', to: 'image/png' },
    ]);
    assert.deepEqual(await kept(), before);
  });

  it('is done once: what was repaired needs no repair, fits, and was never enlarged beyond twice', async () => {
    const picture = fc.record({
      format: fc.constantFrom('jpeg', 'png', 'webp', 'gif', 'avif', 'tiff'),
      width: fc.integer({ min: 8, max: 200 }),
      height: fc.integer({ min: 8, max: 200 }),
      orientation: fc.integer({ min: 1, max: 8 }),
    });
    const limits = fc.record(
      {
        formats: fc.constantFrom(['jpeg'], ['png', 'webp'], ['webp', 'jpeg'], ['gif', 'png']),
        maxBytes: fc.integer({ min: 8_000, max: 60_000 }),
        minSide: fc.integer({ min: 1, max: 80 }),
        maxSide: fc.integer({ min: 90, max: 200 }),
        maxPixels: fc.integer({ min: 10_000, max: 40_000 }),
        minRatio: fc.double({ min: 0.3, max: 1, noNaN: true }),
        maxRatio: fc.double({ min: 1, max: 3, noNaN: true }),
      },
      { requiredKeys: ['formats'] },
    );
    const ops = fc.oneof(
      { weight: 3, arbitrary: fc.shuffledSubarray([...ALL], { minLength: ALL.length }) },
      { weight: 1, arbitrary: fc.shuffledSubarray([...ALL]) },
    );
    const asked = fc.option(fc.constantFrom('96x64', '64x96', '100x100'), { nil: null });
    let changed = 0;
    await fc.assert(
      fc.asyncProperty(picture, limits, ops, asked, async (one, asks, allowed, size) => {
        const params = size === null ? {} : { size };
        const file = await sampleImage(one.format, one.width, one.height, one.orientation);
        const first = await prepare(file, asks, allowed, params).catch((error: unknown) => error);
        if (TaskError.is(first)) {
          // Every fix that is named, all together, with the crop or the pad, really does it.
          const named = first.fixes.map((fix) => fix.op);
          if (named.length === 0) return;
          for (const other of named.includes('crop') ? ['pad', 'crop'] : ['']) {
            const together = named.filter((op) => op !== other);
            if (other === 'crop' && !named.includes('pad')) continue;
            await prepare(file, asks, together, params);
          }
          return;
        }
        const [input] = (first as PreparedInputs).inputs;
        assert.ok(input);
        if ((first as PreparedInputs).repairs.length === 0) return;
        changed++;
        const [shorter, longer] = [Math.min(one.width, one.height), Math.max(one.width, one.height)];
        const made = [input.width ?? 0, input.height ?? 0];
        if (!(first as PreparedInputs).repairs.some(({ op }) => op === 'pad' || op === 'crop'))
          assert.ok(Math.min(...made) <= 2 * shorter && Math.max(...made) <= 2 * longer);
        const data = await files.read(input.fileKey);
        assert.ok(data);
        const second = await prepare(data, asks, allowed, params);
        assert.deepEqual(second.repairs, []);
        assert.equal(second.inputs[0]?.sha256, input.sha256);
      }),
      { numRuns: 40 },
    );
    assert.ok(changed > 5, `${changed} were repaired`);
  });
});
