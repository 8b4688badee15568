/** The real decoder, where it is installed: codecs, colours, seconds, and files that mean harm. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import {
  BufferTarget,
  EncodedPacket,
  EncodedVideoPacketSource,
  MkvOutputFormat,
  Output,
  WebMOutputFormat,
} from 'mediabunny';
import sharp from 'sharp';
import { CannotLook } from './cannot-look.ts';
import { type DecodedFrame, isInstalled, loadCodecs } from './codec.ts';
import { type FrameSource, openFrameSource, type Sampled } from './frames.ts';
import { toJpeg } from './picture.ts';
import { sampleFrames } from './sample.ts';

const real = { skip: !isInstalled() && 'needs the decoder: npm run moderation:install-frames' };
const never = new AbortController().signal;

/** VP9 of ten bits, 320 x 180: a red, a green and a blue key frame. */
const TEN_BITS = [
  'kkmDQiAJ+AWbAxwSDgwkAABoR9jOsYoJur/woaPcAGxKYJ/tABuiVArhpbSCt8lzp5qA+TA6fn//C3pY+sVpL7V3yYSgaelv2mdhbLNP/U7iJgUnw4G2BtgbYGz1hJ+CbilTzGwr7HqkjluhSnn2TW38UcyEJcyskz1fAA==',
  'kkmDQiAJ+AWbAhwSDgwcAACAR9j9Ygzb6Tw5Dr2jsL9AAGs39DDQle5Ud5iTXGgTFWrn6PbNBXmfjbGuUKQ4OjqW64qhtSXjyJP+qxPPAD9iKZvtPIzD/IiqjLj21z6EzE61hcFnRKmfhjlAhLmVkmess3Q1PpKrwewt3AA=',
  'kkmDQiAJ+AWbAhwSDgwXAAB4R9jPeeoxR/jE9V/4TuAAaz6LyPua2NRBwttzQ727pDWAowxQpJzvZTwLf//DYtfOOW5vCZF0fjkGOXzVLNIXsCsMWYAJEgxpKtjXAgAAI8FWHC6YP4j03v/WInPQFxx8ROefWIIA',
].map((base64) => Buffer.from(base64, 'base64'));

const colours = (place: string) => readFile(join(import.meta.dirname, '..', '..', 'self-test', place));

interface Track {
  readonly codec: 'vp8' | 'vp9' | 'av1';
  readonly config: VideoDecoderConfig;
  readonly keys: readonly Uint8Array[];
  readonly rotation?: 0 | 90;
  /** Whether the container says of every frame that decoding can begin there; else of the first alone. */
  readonly isWhole?: boolean;
}
type VideoDecoderConfig = {
  readonly codec: string;
  readonly codedWidth: number;
  readonly codedHeight: number;
};

/** A second for each key frame. */
async function clipOf(tracks: readonly Track[]): Promise<Buffer> {
  const target = new BufferTarget();
  const format = tracks.length > 1 ? new MkvOutputFormat() : new WebMOutputFormat();
  const output = new Output({ format, target });
  const sources = tracks.map(({ codec, rotation = 0 }) => {
    const source = new EncodedVideoPacketSource(codec);
    output.addVideoTrack(source, { rotation });
    return source;
  });
  await output.start();
  await Promise.all(
    tracks.map(async ({ keys, config, isWhole = true }, at) => {
      for (const [second, key] of keys.entries())
        await sources[at]?.add(new EncodedPacket(key, isWhole || second === 0 ? 'key' : 'delta', second, 1), {
          decoderConfig: config,
        });
    }),
  );
  await output.finalize();
  return Buffer.from(target.buffer ?? new ArrayBuffer(0));
}

/** A lossy WebP is one VP8 key frame in a RIFF coat. */
async function vp8(background: string, width = 64, height = 32): Promise<Uint8Array> {
  const webp = await sharp({ create: { width, height, channels: 3, background } })
    .webp()
    .toBuffer();
  const at = webp.indexOf('VP8 ');
  return webp.subarray(at + 8, at + 8 + webp.readUInt32LE(at + 4));
}

async function ofColours(...named: readonly string[]): Promise<Track> {
  const keys = await Promise.all(named.map((name) => vp8(name)));
  return { codec: 'vp8', config: { codec: 'vp8', codedWidth: 64, codedHeight: 32 }, keys };
}

/** The data of an AVIF of one picture is one AV1 key frame. */
async function av1(background: string, chromaSubsampling: string): Promise<Uint8Array> {
  const still = sharp({ create: { width: 64, height: 32, channels: 3, background } });
  const avif = await still.avif({ chromaSubsampling, effort: 0 }).toBuffer();
  return avif.subarray(avif.indexOf('mdat') + 4);
}

/** `0 red`, `1 #..`: the second, and the colour that is strong. */
async function seen(sampled: Sampled): Promise<readonly string[]> {
  if (sampled.kind === 'failed') assert.fail(sampled.reason);
  return Promise.all(
    sampled.frames.map(async ({ atSeconds, jpeg }) => {
      const { channels } = await sharp(jpeg).stats();
      const strong = ['red', 'green', 'blue'].filter((_, at) => (channels[at]?.mean ?? 0) > 180);
      return `${atSeconds} ${strong.join('+')}`;
    }),
  );
}

describe('the decoder', real, () => {
  let source: FrameSource;
  before(async () => {
    source = await openFrameSource();
  });
  after(() => source?.close());
  const sample = (data: Uint8Array, count: number) =>
    source.sample({ bytes: data.byteLength, open: async () => Readable.from([data]) }, count, never);

  it('gives the first frame, the last and those between, with their seconds (H.264)', async () => {
    const clip = await colours('colours.mp4');
    assert.deepEqual(await seen(await sample(clip, 4)), ['0 red', '0.75 red', '1.75 green', '2.75 blue']);
  });

  it('gives every frame once where there are fewer than asked for (VP8)', async () => {
    const clip = await clipOf([await ofColours('#f00', '#00f')]);
    assert.deepEqual(await seen(await sample(clip, 8)), ['0 red', '1 blue']);
  });

  for (const [subsampling, profile] of [
    ['4:2:0', 0],
    ['4:4:4', 1],
  ] as const) {
    it(`sees the right colours in eight bits (AV1, ${subsampling})`, async () => {
      const keys = await Promise.all(['#f00', '#0f0', '#00f'].map((colour) => av1(colour, subsampling)));
      const config = { codec: `av01.${profile}.00M.08`, codedWidth: 64, codedHeight: 32 };
      const clip = await clipOf([{ codec: 'av1', config, keys }]);
      assert.deepEqual(await seen(await sample(clip, 3)), ['0 red', '1 green', '2 blue']);
    });
  }

  it('sees the right colours in ten bits (VP9)', async () => {
    const config = { codec: 'vp09.02.10.10', codedWidth: 320, codedHeight: 180 };
    const clip = await clipOf([{ codec: 'vp9', config, keys: TEN_BITS }]);
    assert.deepEqual(await seen(await sample(clip, 3)), ['0 red', '1 green', '2 blue']);
  });

  it('looks at every track of pictures: nobody knows which one is played', async () => {
    const clip = await clipOf([await ofColours('#0f0', '#0f0'), await ofColours('#f00', '#f00')]);
    assert.deepEqual(await seen(await sample(clip, 2)), ['0 green', '1 green', '0 red', '1 red']);
  });

  it('turns what the container says is turned', async () => {
    const clip = await clipOf([{ ...(await ofColours('#0f0')), rotation: 90 }]);
    const sampled = await sample(clip, 2);
    if (sampled.kind === 'failed') assert.fail(sampled.reason);
    const { width, height } = await sharp(sampled.frames[0]?.jpeg).metadata();
    assert.deepEqual([width, height], [32, 64]);
  });

  it('does not pass over a frame that is damaged, not even between two that are wanted', async () => {
    const track = await ofColours(...Array.from({ length: 9 }, () => '#0f0'));
    const keys = track.keys.map((key, at) => (at === 4 ? key.subarray(0, 11) : key));
    for (const [count, isWhole] of [
      [9, true],
      [2, false],
    ] as const) {
      const sampled = await sample(await clipOf([{ ...track, keys, isWhole }]), count);
      assert.equal(sampled.kind, 'failed', `${count}`);
    }
  });

  it('does not count on a picture that is never shown', async () => {
    const track = await ofColours('#0f0', '#0f0', '#0f0', '#0f0', '#0f0', '#00f');
    // The bit that says whether it is shown (RFC 6386, 9.1).
    const keys = track.keys.map((key, at) =>
      Uint8Array.from(key).map((byte, index) => (at === 2 && index === 0 ? byte & ~0x10 : byte)),
    );
    const clip = await clipOf([{ ...track, keys, isWhole: false }]);
    assert.deepEqual(await seen(await sample(clip, 2)), ['0 green', '5 blue']);
    assert.deepEqual(
      (await seen(await sample(clip, 6))).map((one) => one.split(' ')[1]),
      ['green', 'green', 'green', 'green', 'blue'],
    );
  });

  it('does not open a frame of any size that a few bytes may claim', async () => {
    const track = await ofColours('#0f0', '#0f0');
    // Width and height, 14 bits each, after the start code (RFC 6386, 9.1).
    const keys = track.keys.map((key) =>
      Uint8Array.from(key).map((byte, at) => (at > 5 && at < 10 ? 0x3f : byte)),
    );
    const sampled = await sample(await clipOf([{ ...track, keys }]), 2);
    assert.ok(sampled.kind === 'failed');
    assert.match(sampled.reason, /^its frames have 16191 x 16191 pixels$|damaged|more than 1024 MB/);
  });

  it('stops where a video needs too much memory', async () => {
    const checkMemory = () => {
      throw new CannotLook('too much');
    };
    const frames = sampleFrames(loadCodecs(), await colours('colours.mp4'), { count: 2, checkMemory });
    await assert.rejects(frames.next(), /too much/);
  });

  it('fails files that are none, and goes on', async () => {
    const clip = await colours('colours.mp4');
    assert.equal((await sample(Buffer.from('no video'), 2)).kind, 'failed');
    assert.equal((await sample(clip.subarray(0, clip.length >> 1), 2)).kind, 'failed');
    assert.equal((await sample(clip, 2)).kind, 'sampled');
  });
});

describe('a decoded frame', () => {
  const [width, height] = [6, 4];
  const EIGHT_BITS = (width * height * 3) / 2;

  /** A frame that the library calls `format` and whose memory is `planes`; converting one that it does not know gives nonsense. */
  function frameOf(format: string, planes: Uint8Array): DecodedFrame & { closed: boolean } {
    return {
      format,
      codedWidth: width,
      codedHeight: height,
      closed: false,
      async copyTo(target, options) {
        if (options) target.fill(format === 'I420' ? 0 : 200);
        else if (planes.length > target.length) throw new Error('too small');
        else target.set(planes);
      },
      close() {
        this.closed = true;
      },
    };
  }

  const made: { readonly format: string; readonly planes: readonly number[] }[] = [];
  class VideoFrame {
    readonly format = 'I420';
    readonly codedWidth = width;
    readonly codedHeight = height;
    constructor(planes: Uint8Array) {
      made.push({ format: this.format, planes: [...planes] });
    }
    async copyTo(target: Uint8Array) {
      target.fill(100);
    }
    close() {}
  }
  const brightnessOf = async (jpeg: Uint8Array) =>
    Math.round((await sharp(jpeg).stats()).channels[0]?.mean ?? 0);

  it('of a format that the library knows is converted by it', async () => {
    const frame = frameOf('I444', new Uint8Array(width * height * 3));
    assert.equal(await brightnessOf(await toJpeg({ VideoFrame }, frame, 0)), 200);
    assert.ok(frame.closed);
  });

  it('that is called I420 is taken for what its bytes are: eight bits, or ten', async () => {
    const eight = Uint8Array.from({ length: EIGHT_BITS }, (_, at) => at * 7);
    const ten = Uint8Array.from([...eight].flatMap((value) => [(value << 2) & 0xff, value >> 6]));
    for (const planes of [eight, ten]) {
      const frame = frameOf('I420', planes);
      assert.equal(await brightnessOf(await toJpeg({ VideoFrame }, frame, 0)), 100);
      assert.deepEqual(made.pop()?.planes, [...eight]);
      assert.ok(frame.closed);
    }
  });

  it('of any other memory is refused, not guessed at', async () => {
    const others = {
      'grey, eight bits': new Uint8Array(width * height).fill(9),
      '4:2:2, eight bits': new Uint8Array(width * height * 2).fill(128),
      '4:4:4, eight bits': new Uint8Array(width * height * 3).fill(128),
      '4:2:0, twelve bits': Uint8Array.from({ length: EIGHT_BITS * 2 }, (_, at) => (at % 2 ? 8 : 0)),
      '4:4:4, ten bits': new Uint8Array(width * height * 6),
    };
    for (const [name, planes] of Object.entries(others))
      await assert.rejects(toJpeg({ VideoFrame }, frameOf('I420', planes), 0), CannotLook, name);
  });
});
