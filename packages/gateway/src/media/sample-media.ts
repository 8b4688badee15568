/** For tests: small real media, made on the spot. */
import {
  BufferTarget,
  EncodedAudioPacketSource,
  EncodedPacket,
  EncodedVideoPacketSource,
  MkvOutputFormat,
  Mp4OutputFormat,
  Output,
  WebMOutputFormat,
} from 'mediabunny';
import sharp from 'sharp';

export type SampleFormat = 'jpeg' | 'png' | 'webp' | 'gif' | 'avif' | 'tiff';

/** Noise over a gradient, so that compressed data fills the file evenly and a cut anywhere hurts. */
export async function sampleImage(
  format: SampleFormat,
  width: number,
  height: number,
  orientation = 1,
): Promise<Buffer> {
  const pixels = Buffer.alloc(width * height * 3);
  for (let at = 0; at < pixels.length; at++) pixels[at] = (at * 31 + ((at * at) >> 7)) & 0xff;
  const image = sharp(pixels, { raw: { width, height, channels: 3 } });
  return image.withMetadata({ orientation }).toFormat(format).toBuffer();
}

export async function sampleAnimation(format: 'gif' | 'webp', frames: number, side = 32): Promise<Buffer> {
  const [width, height] = [side, side];
  const pixels = Buffer.alloc(width * height * frames * 3);
  for (let at = 0; at < pixels.length; at++) {
    const frame = Math.floor(at / (width * height * 3));
    pixels[at] = (at * 17 + (at >> 9) * 40 + frame * 56) & 0xff;
  }
  const strip = sharp(pixels, { raw: { width, height: height * frames, channels: 3, pageHeight: height } });
  return strip.toFormat(format).toBuffer();
}

interface ClipOptions {
  /** Frames per second; 4 without it. */
  readonly fps?: number;
  readonly sound?: boolean;
  /** False: sound alone, in a container for clips. */
  readonly picture?: boolean;
}

/** VP8 key frames in WebM or MP4: a lossy WebP is one VP8 key frame in a RIFF coat of 20 bytes. Sound is Opus. */
export async function sampleVideo(
  container: 'webm' | 'mp4' | 'mkv',
  width: number,
  height: number,
  seconds: number,
  { fps = 4, sound = false, picture = true }: ClipOptions = {},
): Promise<Buffer> {
  const target = new BufferTarget();
  const output = new Output({ format: CONTAINERS[container](), target });
  const pictures = new EncodedVideoPacketSource('vp8');
  const sounds = new EncodedAudioPacketSource('opus');
  if (picture) output.addVideoTrack(pictures, { frameRate: fps });
  if (sound) output.addAudioTrack(sounds);
  await output.start();
  if (picture) {
    const webp = await sampleImage('webp', width, height);
    const at = webp.indexOf('VP8 ');
    const frame = webp.subarray(at + 8, at + 8 + webp.readUInt32LE(at + 4));
    const config = { decoderConfig: { codec: 'vp8', codedWidth: width, codedHeight: height } };
    for (let index = 0; index < seconds * fps; index++) {
      const packet = new EncodedPacket(frame, 'key', index / fps, 1 / fps);
      await pictures.add(packet, index === 0 ? config : undefined);
    }
  }
  if (sound) {
    // Opus packets that hold silence (RFC 6716, 3.1).
    const silence = new Uint8Array([0x08, 0xff, 0xfe]);
    const config = { decoderConfig: { codec: 'opus', sampleRate: 48_000, numberOfChannels: 1 } };
    for (let index = 0; index < seconds * 50; index++) {
      const packet = new EncodedPacket(silence, 'key', index / 50, 1 / 50);
      await sounds.add(packet, index === 0 ? config : undefined);
    }
  }
  await output.finalize();
  return Buffer.from(target.buffer ?? new ArrayBuffer(0));
}

const CONTAINERS = {
  webm: () => new WebMOutputFormat(),
  mkv: () => new MkvOutputFormat(),
  mp4: () => new Mp4OutputFormat({ fastStart: 'in-memory' }),
} as const;

/** 16-bit mono at 8 kHz. */
export function sampleWav(seconds: number): Buffer {
  const samples = Math.round(8000 * seconds);
  const data = Buffer.alloc(44 + samples * 2);
  data.write('RIFF', 0);
  data.writeUInt32LE(36 + samples * 2, 4);
  data.write('WAVEfmt ', 8);
  data.writeUInt32LE(16, 16);
  data.writeUInt16LE(1, 20);
  data.writeUInt16LE(1, 22);
  data.writeUInt32LE(8000, 24);
  data.writeUInt32LE(16000, 28);
  data.writeUInt16LE(2, 32);
  data.writeUInt16LE(16, 34);
  data.write('data', 36);
  data.writeUInt32LE(samples * 2, 40);
  for (let at = 0; at < samples; at++) data.writeInt16LE(Math.round(8000 * Math.sin(at / 10)), 44 + at * 2);
  return data;
}

/** The boxes of a HEIC that name its size, without any picture data: what a header check needs. */
export function sampleHeic(width: number, height: number): Buffer {
  const size = Buffer.alloc(12);
  size.writeUInt32BE(width, 4);
  size.writeUInt32BE(height, 8);
  const properties = box('iprp', box('ipco', box('ispe', size)));
  return Buffer.concat([
    box('ftyp', Buffer.from('heic\0\0\0\0mif1heic')),
    box('meta', Buffer.alloc(4), properties),
    box('mdat', Buffer.alloc(64)),
  ]);
}

/** A PNG that claims any size and holds next to nothing. */
export async function claimingPng(width: number, height: number): Promise<Buffer> {
  const png = await sampleImage('png', 4, 4);
  png.writeUInt32BE(width, 16);
  png.writeUInt32BE(height, 20);
  return png;
}

function box(type: string, ...content: Buffer[]): Buffer {
  const body = Buffer.concat(content);
  const header = Buffer.alloc(8);
  header.writeUInt32BE(body.byteLength + 8, 0);
  header.write(type, 4);
  return Buffer.concat([header, body]);
}
