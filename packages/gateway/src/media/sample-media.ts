/** For tests: small real media, made on the spot. */
import {
  BufferTarget,
  EncodedPacket,
  EncodedVideoPacketSource,
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

export async function sampleAnimation(format: 'gif' | 'webp', frames: number): Promise<Buffer> {
  const [width, height] = [32, 32];
  const pixels = Buffer.alloc(width * height * frames * 3);
  for (let at = 0; at < pixels.length; at++) pixels[at] = (at * 17 + (at >> 9) * 40) & 0xff;
  const strip = sharp(pixels, { raw: { width, height: height * frames, channels: 3, pageHeight: height } });
  return strip.toFormat(format).toBuffer();
}

/** VP8 key frames in WebM or MP4: a lossy WebP is one VP8 key frame in a RIFF coat of 20 bytes. */
export async function sampleVideo(
  container: 'webm' | 'mp4',
  width: number,
  height: number,
  seconds: number,
): Promise<Buffer> {
  const webp = await sampleImage('webp', width, height);
  const at = webp.indexOf('VP8 ');
  const frame = webp.subarray(at + 8, at + 8 + webp.readUInt32LE(at + 4));
  const target = new BufferTarget();
  const format =
    container === 'webm' ? new WebMOutputFormat() : new Mp4OutputFormat({ fastStart: 'in-memory' });
  const output = new Output({ format, target });
  const source = new EncodedVideoPacketSource('vp8');
  output.addVideoTrack(source, { frameRate: 4 });
  await output.start();
  const config = { decoderConfig: { codec: 'vp8', codedWidth: width, codedHeight: height } };
  for (let index = 0; index < seconds * 4; index++) {
    await source.add(new EncodedPacket(frame, 'key', index / 4, 1 / 4), index === 0 ? config : undefined);
  }
  await output.finalize();
  return Buffer.from(target.buffer ?? new ArrayBuffer(0));
}

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
