import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, it, test } from 'node:test';
import fc from 'fast-check';
import sharp from 'sharp';
import { handTimers } from '../testing/hand-timers.ts';
import {
  createFrameSource,
  type FrameSource,
  type FrameSourceOptions,
  type Sampled,
  type VideoFile,
} from './frames.ts';
import { selfTest } from './self-test.ts';
import { endMessage, failedMessage, frameMessage, readAnswer } from './wire.ts';

const child = new URL('./testing/child.ts', import.meta.url);
const never = new AbortController().signal;
const linux = { skip: process.platform !== 'linux' && 'only Linux keeps this limit' };

const behaving = (byte: number, bytes = 1): VideoFile => ({
  bytes,
  open: async () => Readable.from([Buffer.from([byte])]),
});

async function withSource<T>(
  options: FrameSourceOptions,
  body: (source: FrameSource) => Promise<T>,
): Promise<T> {
  const source = createFrameSource({ child, ...options });
  try {
    return await body(source);
  } finally {
    await source.close();
  }
}

const told = (sampled: Sampled) => (sampled.kind === 'failed' ? sampled.reason : 'frames');

/** Until the first video has its process. */
async function begun(waiting: ReadonlySet<unknown>): Promise<void> {
  while (waiting.size === 0) await new Promise((resolve) => setImmediate(resolve));
}

describe('a video', () => {
  it('gets a process that is told how many frames, and knows nothing of the gateway’s environment', async () => {
    const sampled = await withSource({}, (source) => source.sample(behaving(1), 5, never));
    if (sampled.kind === 'failed') assert.fail(sampled.reason);
    const [frame] = sampled.frames;
    assert.equal(frame?.atSeconds, 5);
    const given = String(frame.jpeg).split(',');
    assert.ok(given.includes('NODE_WEBCODECS_FORCE'));
    const ofTheShell = ['NODE_WEBCODECS_FORCE', 'PWD', 'SHLVL', '_'];
    assert.deepEqual(
      given.filter((name) => name in process.env && !ofTheShell.includes(name)),
      [],
    );
  });

  const BREAKS = [
    [3, /^the decoder broke \(SIGSEGV\)$/],
    [4, /^the decoder broke \(exit code 0\)$/],
    [5, /^the decoder said more than it was asked for$/],
    [6, /^it is\?damaged$/],
    [9, /^the decoder broke \(exit code 3\)$/],
  ] as const;
  for (const [byte, reason] of BREAKS) {
    it(`that breaks its process is failed (${reason.source}), and the next one is not`, async () => {
      await withSource({}, async (source) => {
        assert.match(told(await source.sample(behaving(byte), 2, never)), reason);
        if (byte === 3) assert.equal(told(await source.sample(behaving(1), 2, never)), 'frames');
      });
    });
  }

  it('that wants more memory than it may have does not get it', linux, async () => {
    const sampled = await withSource({}, (source) => source.sample(behaving(7), 2, never));
    assert.match(told(sampled), /^the decoder broke/);
  });

  it('that takes too long is ended, and so is one that is given up', async () => {
    const { after, ring, waiting } = handTimers();
    await withSource({ after, timeoutMs: 7 }, async (source) => {
      const slow = source.sample(behaving(2), 2, never);
      await begun(waiting);
      ring();
      assert.equal(told(await slow), 'took longer than 7 ms');
      const giveUp = new AbortController();
      const unwanted = source.sample(behaving(2), 2, giveUp.signal);
      await begun(waiting);
      giveUp.abort();
      assert.equal(told(await unwanted), 'was given up');
      assert.equal(told(await source.sample(behaving(1), 2, giveUp.signal)), 'was given up');
    });
    assert.equal(waiting.size, 0);
  });

  it('waits for its turn; giving up does not, and closing tells those who wait', async () => {
    const { after, waiting } = handTimers();
    const source = createFrameSource({ child, after, atOnce: 1 });
    const giveUp = new AbortController();
    const first = source.sample(behaving(2), 2, never);
    const second = source.sample(behaving(1), 2, never);
    const third = source.sample(behaving(1), 2, giveUp.signal);
    await begun(waiting);
    assert.equal(waiting.size, 1, 'one process at a time');
    giveUp.abort();
    assert.equal(told(await third), 'was given up');
    await source.close();
    assert.deepEqual((await Promise.all([first, second])).map(told), ['was given up', 'was given up']);
  });

  it('comes to its turn when the one before is over', async () => {
    const videos = [3, 1, 9, 1].map((byte) => behaving(byte));
    const sampled = await withSource({ atOnce: 1 }, (source) =>
      Promise.all(videos.map((video) => source.sample(video, 2, never))),
    );
    assert.deepEqual(
      sampled.map(({ kind }) => kind),
      ['failed', 'sampled', 'failed', 'sampled'],
    );
  });

  it('that cannot be read, or is too large, is failed', async () => {
    const gone: VideoFile = { bytes: 1, open: () => Promise.reject(new Error('ENOENT')) };
    await withSource({}, async (source) => {
      assert.equal(told(await source.sample(gone, 2, never)), 'the file could not be read');
      assert.equal(told(await source.sample(behaving(1, 512_000_001), 2, never)), 'is larger than 512 MB');
    });
  });
});

test('what a process says is read back, and nothing else is taken for an answer', () => {
  const frame = fc.record(
    { atSeconds: fc.nat(86_400_000).map((ms) => ms / 1000), jpeg: fc.uint8Array() },
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(fc.array(frame, { minLength: 1 }), fc.nat(), (frames, seed) => {
      const said = Buffer.concat([...frames.map(frameMessage), endMessage()]);
      const answer = readAnswer(said);
      assert.ok(answer?.kind === 'sampled');
      assert.deepEqual(
        answer.frames.map(({ atSeconds, jpeg }) => ({ atSeconds, jpeg: Uint8Array.from(jpeg) })),
        frames,
      );
      assert.equal(readAnswer(said.subarray(0, seed % said.length)), null, 'cut');
    }),
  );
  fc.assert(fc.property(fc.uint8Array(), (bytes) => void readAnswer(Buffer.from(bytes))));
  assert.equal(readAnswer(endMessage()), null, 'no frames are no answer');
  assert.equal(readAnswer(failedMessage('x'))?.kind, 'failed');
});

test('a decoder that gives other pictures than those of the video is not used', async () => {
  const answering = (sampled: Sampled): FrameSource => ({
    sample: async () => sampled,
    close: async () => undefined,
  });
  await assert.rejects(
    selfTest(answering({ kind: 'failed', reason: 'it is damaged' })),
    /does not work here: it is damaged/,
  );
  const grey = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#808080' } })
    .jpeg()
    .toBuffer();
  const frames = [0, 1, 2].map((atSeconds) => ({ atSeconds, jpeg: grey }));
  await assert.rejects(selfTest(answering({ kind: 'sampled', frames })), /gives other pictures/);
});
