/** Pictures, videos and animations through the door: which frames the detectors see, and what a task meets where there are none. */
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, it } from 'node:test';
import { TaskError } from '@sluice/errors';
import sharp from 'sharp';
import { isInstalled } from '../../../moderation-local/src/frames/codec.ts';
import { ManualClock } from '../clock.ts';
import { createChecker } from '../media/checker.ts';
import { photoHeic, sampleBmp } from '../media/sample-rare-images.ts';
import { translator } from '../media/translate.ts';
import { createWorkbench } from '../upstream/studio/render/testing/workbench.ts';
import type { Detector } from './detector.ts';
import { openDoors, type Sight } from './door.ts';
import type { FrameSampling, FrameSource, Sampled } from './frames/frames.ts';
import { logVideoWatch, openFrames } from './frames/video.ts';
import { createModerator } from './moderate.ts';
import { DEFAULT_POLICY, type Policy } from './policy.ts';
import { memoryDecisions } from './testing/memory-decisions.ts';

const signal = new AbortController().signal;
const real = { skip: !isInstalled() && 'needs the decoder: npm run moderation:install-frames' };

/** Finds red pictures adult. `saw` is what it was shown. */
function redIsAdult() {
  const saw: string[] = [];
  const detector: Detector = {
    name: 'eyes',
    looksAt: ['image', 'video_frame'],
    async detect(subject) {
      if (subject.kind === 'text') return { kind: 'failed', reason: 'looks at pictures only' };
      const { kind, stage, input, atSeconds, bytes } = subject;
      saw.push(`${kind} ${input} ${atSeconds}`);
      const [red, green] = (await sharp(bytes).stats()).channels;
      const isRed = (red?.mean ?? 0) > 180 && (green?.mean ?? 0) < 60;
      const about = { stage, input, detector: 'eyes', rule: null, why: 'red', spans: [], absolute: false };
      return { kind: 'findings', findings: isRed ? [{ category: 'adult', score: 0.9, ...about }] : [] };
    },
  };
  return { detector, saw };
}

const picture = (background: string, format: 'png' | 'jpeg' = 'jpeg') =>
  sharp({ create: { width: 32, height: 32, channels: 3, background } })
    .toFormat(format)
    .toBuffer();

/** A source whose frames are named. `asked` is what it was given. */
function fakeSource(sampled: Sampled | (() => Promise<Sampled>)) {
  const asked: { readonly bytes: string; readonly count: number }[] = [];
  const source: FrameSource = {
    async sample(video, count) {
      asked.push({ bytes: String(Buffer.concat(await (await video.open()).toArray())), count });
      return typeof sampled === 'function' ? sampled() : sampled;
    },
    close: async () => undefined,
  };
  return { source, asked, sampling: { source, count: 8 } };
}

const turningRed = async (): Promise<Sampled> => ({
  kind: 'sampled',
  frames: [
    { atSeconds: 0, jpeg: await picture('#0000ff') },
    { atSeconds: 3.208, jpeg: await picture('#ff0000') },
  ],
});

const STORED = { width: null, height: null, seconds: null, bytes: 5 };
const video = (fileKey = 'clip') => ({ ...STORED, kind: 'video', fileKey, mimeType: 'video/mp4' }) as const;
const image = (fileKey: string, mimeType = 'image/png') =>
  ({ ...STORED, kind: 'image', fileKey, mimeType }) as const;

const owner = {
  id: 'task-unified-1-abc',
  accountId: 'default',
  keyId: 'key1',
  model: 'm',
  params: { prompt: 'a boat' },
  requestId: 'req_1',
};

function openDoor(options: {
  readonly sampling: FrameSampling | null;
  readonly detector: Detector;
  readonly policy?: Partial<Policy>;
  readonly files?: Readonly<Record<string, Uint8Array>>;
  readonly translate?: Sight['translate'];
}) {
  const decisions = memoryDecisions();
  const moderator = createModerator({
    policy: { ...DEFAULT_POLICY, results: true, ...options.policy },
    detectors: [options.detector],
    decisions,
    clock: new ManualClock(),
    randomId: () => 'abcdefghijkl',
    onRecordFailed: (error) => assert.fail(String(error)),
  });
  const files: Readonly<Record<string, Uint8Array>> = { clip: Buffer.from('bytes'), ...options.files };
  const door = openDoors(
    moderator,
    {
      read: async (key) => files[key] ?? null,
      open: async (key) => (files[key] ? Readable.from([files[key]]) : null),
    },
    { sampling: options.sampling, translate: options.translate ?? (() => null) },
  );
  const checkInput = (files: readonly (ReturnType<typeof video> | ReturnType<typeof image>)[]) =>
    door.checkInput(
      owner,
      files.map((file, index) => ({
        ...file,
        index,
        param: file.kind === 'video' ? 'video_urls' : 'image_urls',
      })),
      signal,
    );
  return { door, decisions, checkInput };
}

async function refused(work: Promise<unknown>): Promise<TaskError> {
  try {
    assert.fail(`passed: ${JSON.stringify(await work)}`);
  } catch (error) {
    assert.ok(TaskError.is(error), String(error));
    return error;
  }
}

describe('a video that is given', () => {
  it('is shown to detectors frame by frame, and the refusal names the input and the second', async () => {
    const { detector, saw } = redIsAdult();
    const { sampling, asked } = fakeSource(turningRed);
    const { checkInput, decisions } = openDoor({ sampling, detector });
    const error = await refused(checkInput([video()]));
    assert.deepEqual(asked, [{ bytes: 'bytes', count: 8 }]);
    assert.deepEqual(saw, ['video_frame video_urls[0] 0', 'video_frame video_urls[0] 3.208']);
    assert.equal(error.code, 'content_policy_violation');
    assert.equal(error.param, 'video_urls[0]');
    assert.equal(error.details.at_seconds, 3.2);
    assert.match(error.message, /video_urls\[0\] at 3\.2 s asks for or shows/);
    const [decision] = await decisions.recent(1);
    assert.deepEqual(
      decision?.findings.map(({ input, atSeconds }) => [input, atSeconds]),
      [['video_urls[0]', 3.208]],
    );
  });

  it('passes where no frame is against the policy', async () => {
    const jpeg = await picture('#00ff00');
    const { sampling } = fakeSource({ kind: 'sampled', frames: [{ atSeconds: 0, jpeg }] });
    const { detector } = redIsAdult();
    assert.equal(await openDoor({ sampling, detector }).checkInput([video()]), null);
  });

  it('meets `on_error` where its frames cannot be had', async () => {
    const { detector } = redIsAdult();
    const { sampling } = fakeSource({ kind: 'failed', reason: 'it is damaged at 1.0 s' });
    const under = (onError: Policy['onError']) => openDoor({ sampling, detector, policy: { onError } });
    assert.equal(await under('allow').checkInput([video()]), null);
    assert.equal(await under('queue').checkInput([video()]), 30_000);
    const { checkInput, decisions } = under('block');
    const error = await refused(checkInput([video()]));
    assert.equal(error.code, 'service_unavailable', 'nobody is accused of what nobody saw');
    const [decision] = await decisions.recent(1);
    assert.deepEqual(decision?.failures, [
      { detector: 'video-frames', input: 'video_urls[0]', reason: 'it is damaged at 1.0 s' },
    ]);
  });

  it('is not decoded for detectors that look at no frames, nor where moderation is off', async () => {
    const { sampling, asked } = fakeSource(turningRed);
    const { detector } = redIsAdult();
    const still: Detector = {
      ...detector,
      looksAt: ['text', 'image'],
      detect: async () => ({ kind: 'findings', findings: [] }),
    };
    assert.equal(await openDoor({ sampling, detector: still }).checkInput([video()]), null);
    assert.equal(await openDoor({ sampling, detector, policy: { mode: 'off' } }).checkInput([video()]), null);
    assert.deepEqual(asked, []);
  });

  it('is written down once where a detector fails at every frame', async () => {
    const { sampling } = fakeSource(turningRed);
    const down: Detector = {
      name: 'down',
      looksAt: ['video_frame'],
      detect: async () => ({ kind: 'failed', reason: 'HTTP 503' }),
    };
    const { checkInput, decisions } = openDoor({ sampling, detector: down });
    await refused(checkInput([video()]));
    const [decision] = await decisions.recent(1);
    assert.deepEqual(decision?.failures, [{ detector: 'down', input: 'video_urls[0]', reason: 'HTTP 503' }]);
  });
});

describe('a picture that only our own decoders read', () => {
  it('is shown to detectors as a JPEG', async () => {
    const { detector, saw } = redIsAdult();
    const checker = createChecker({ workers: 1 });
    try {
      const files = { heic: photoHeic(), bmp: await sampleBmp(40, 30) };
      const { checkInput } = openDoor({ sampling: null, detector, files, translate: translator(checker) });
      await checkInput([image('heic', 'image/heic'), image('bmp', 'image/bmp')]);
      assert.deepEqual(saw, ['image image_urls[0] null', 'image image_urls[1] null']);
    } finally {
      await checker.close();
    }
  });
});

describe('results', () => {
  it('are looked at by their own number, pictures and videos, and sounds are not', async () => {
    const { detector, saw } = redIsAdult();
    const { sampling } = fakeSource(turningRed);
    const { door } = openDoor({ sampling, detector, files: { still: await picture('#00ff00', 'png') } });
    const sound = { ...video('tune'), kind: 'audio', mimeType: 'audio/mpeg' } as const;
    const error = await refused(door.checkOutput(owner, [sound, image('still'), video()], signal));
    assert.deepEqual(saw, [
      'image results[1] null',
      'video_frame results[2] 0',
      'video_frame results[2] 3.208',
    ]);
    assert.equal(error.details.stage, 'output');
    assert.equal(error.param, null);
    assert.match(error.message, /The result at 3\.2 s/);
  });
});

describe('the real decoder', real, () => {
  it('shows a clip of the studio, and what comes late in it is found at its second', async () => {
    const bench = await createWorkbench();
    const { detector, saw } = redIsAdult();
    const { sampling, watch } = await openFrames(5, [detector]);
    try {
      assert.deepEqual(watch, { kind: 'watched', frames: 5 });
      const blue = await bench.input('blue.png', await picture('#0000ff', 'png'));
      const red = await bench.input('red.png', await picture('#ff0000', 'png'));
      const [clip] = await bench.bytesOf(await bench.video({ firstFrame: blue, lastFrame: red, seconds: 2 }));
      assert.ok(clip);
      const { door } = openDoor({ sampling, detector, files: { clip } });
      const error = await refused(door.checkOutput(owner, [{ ...video(), bytes: clip.byteLength }], signal));
      assert.equal(saw.length, 5);
      assert.equal(saw[0], 'video_frame results[0] 0');
      assert.ok(Number(error.details.at_seconds) > 1, JSON.stringify(error.details));
    } finally {
      await sampling?.source.close();
      await bench.close();
    }
  });
});

describe('an animated picture', () => {
  const animation = async (format: 'gif' | 'webp') => {
    const pages = await Promise.all(
      ['#0000ff', '#00ff00', '#0000ff', '#ff0000'].map((one) => picture(one, 'png')),
    );
    return sharp(pages, { join: { animated: true } })
      [format]({ delay: [500, 500, 1_000, 500] })
      .toBuffer();
  };

  for (const format of ['gif', 'webp'] as const) {
    it(`is looked at beyond its first frame (${format})`, async () => {
      const { detector, saw } = redIsAdult();
      const sampling = { ...fakeSource(turningRed).sampling, count: 3 };
      const files = { moving: await animation(format) };
      const { checkInput } = openDoor({ sampling, detector, files });
      const error = await refused(checkInput([image('moving', `image/${format}`)]));
      assert.deepEqual(saw, [
        'image image_urls[0] null',
        'video_frame image_urls[0] 1',
        'video_frame image_urls[0] 2',
      ]);
      assert.equal(error.details.at_seconds, 2);
    });
  }

  it('that stands still is one picture, and a damaged one is not taken for clean', async () => {
    const { detector, saw } = redIsAdult();
    const { sampling } = fakeSource(turningRed);
    const still = await sharp(await picture('#00ff00', 'png'))
      .webp()
      .toBuffer();
    const broken = await animation('webp');
    broken.fill(0xff, broken.lastIndexOf('VP8 ') + 18);
    const files = { still, broken };
    const { checkInput } = openDoor({ sampling, detector, files });
    assert.equal(await checkInput([image('still', 'image/webp')]), null);
    assert.deepEqual(saw, ['image image_urls[0] null']);
    assert.equal((await refused(checkInput([image('broken', 'image/webp')]))).code, 'service_unavailable');
  });

  it('is its first frame alone where no frames are wanted, and videos pass unseen', async () => {
    const { detector, saw } = redIsAdult();
    const files = { moving: await animation('gif') };
    const { checkInput } = openDoor({ sampling: null, detector, files });
    assert.equal(await checkInput([image('moving', 'image/gif'), video()]), null);
    assert.deepEqual(saw, ['image image_urls[0] null']);
  });
});

describe('the start', () => {
  const nowhere = new URL('./nowhere.ts', import.meta.url);

  function linesOf(watch: Parameters<typeof logVideoWatch>[0]): string[] {
    const lines: string[] = [];
    const note = (level: string) => (about: object | string, text?: string) =>
      void lines.push(`${level} ${typeof about === 'string' ? about : `${JSON.stringify(about)} ${text}`}`);
    logVideoWatch(watch, { info: note('info'), warn: note('warn') });
    return lines;
  }

  it('says that videos cannot be looked at where the decoder is not there, and fails every one of them', async () => {
    const { watch, sampling } = await openFrames(8, [redIsAdult().detector], nowhere);
    assert.equal(watch.kind, 'blind');
    const [line] = linesOf(watch);
    assert.match(line ?? '', /^warn .*moderation-local.*cannot look at videos.*on_error/);
    const sampled = await sampling?.source.sample({ bytes: 1, open: () => assert.fail() }, 8, signal);
    assert.equal(sampled?.kind, 'failed');
  });

  it('says that videos pass unseen where the operator wants that', async () => {
    const { watch, sampling } = await openFrames(null, [redIsAdult().detector], nowhere);
    assert.equal(sampling, null);
    assert.match(linesOf(watch).join(), /^warn .*video_frames is off/);
  });

  it('opens nothing and says nothing where no detector looks at pictures', async () => {
    const { detector } = redIsAdult();
    const { watch, sampling } = await openFrames(8, [{ ...detector, looksAt: ['text'] }], nowhere);
    assert.equal(sampling, null);
    assert.deepEqual(linesOf(watch), []);
  });
});
