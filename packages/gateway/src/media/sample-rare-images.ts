/** For tests: pictures that sharp does not write. */
import { readFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import { sampleImage } from './sample-media.ts';

/** A photograph of 320x240 pixels made by libheif: upright, marked to be turned to 240x320, or kept as four tiles. */
export function photoHeic(kind: 'photo' | 'photo-turned' | 'photo-grid' = 'photo'): Buffer {
  return readFileSync(new URL(`./fixtures/${kind}.heic`, import.meta.url));
}

/** 24 bits, the bottom row first, as most programs write it. */
export async function sampleBmp(width: number, height: number): Promise<Buffer> {
  const rgb = await sharp(await sampleImage('png', width, height))
    .removeAlpha()
    .raw()
    .toBuffer();
  const stride = Math.ceil((width * 3) / 4) * 4;
  const file = Buffer.alloc(54 + stride * height);
  file.write('BM');
  file.writeUInt32LE(file.byteLength, 2);
  file.writeUInt32LE(54, 10);
  file.writeUInt32LE(40, 14);
  file.writeInt32LE(width, 18);
  file.writeInt32LE(height, 22);
  file.writeUInt16LE(1, 26);
  file.writeUInt16LE(24, 28);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (y * width + x) * 3;
      const to = 54 + stride * (height - 1 - y) + x * 3;
      for (let byte = 0; byte < 3; byte++) file[to + byte] = rgb[from + 2 - byte] ?? 0;
    }
  }
  return file;
}

/** An icon of one PNG, as large ones are kept. `side` is at most 256. */
export async function sampleIco(side: number): Promise<Buffer> {
  const png = await sampleImage('png', side, side);
  const head = Buffer.alloc(22);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(1, 4);
  head.set([side % 256, side % 256, 0, 0, 1, 0, 32, 0], 6);
  head.writeUInt32LE(png.byteLength, 14);
  head.writeUInt32LE(22, 18);
  return Buffer.concat([head, png]);
}

/** An animated PNG (W3C PNG, third edition) of plain colours; the first frame is what other readers show. */
export async function sampleApng(frames: number, width = 32, height = 32): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let sequence = 0;
  for (let frame = 0; frame < frames; frame++) {
    const background = { r: (frame * 90) % 256, g: 120, b: 60 };
    const png = await sharp({ create: { width, height, channels: 3, background } })
      .png()
      .toBuffer();
    const data = chunksOf(png, 'IDAT');
    if (frame === 0) chunks.push(png.subarray(0, 33), chunk('acTL', u32(frames, 0)));
    // Size and place, a tenth of a second, and how it replaces the one before.
    const control = [u32(sequence++, width, height, 0, 0), Buffer.from([0, 1, 0, 10, 0, 0])];
    chunks.push(chunk('fcTL', ...control));
    chunks.push(frame === 0 ? chunk('IDAT', data) : chunk('fdAT', u32(sequence++), data));
  }
  return Buffer.concat([...chunks, chunk('IEND')]);
}

function u32(...numbers: number[]): Buffer {
  const bytes = Buffer.alloc(numbers.length * 4);
  for (const [index, number] of numbers.entries()) bytes.writeUInt32BE(number, index * 4);
  return bytes;
}

function chunk(name: string, ...content: Buffer[]): Buffer {
  const body = Buffer.concat([Buffer.from(name), ...content]);
  return Buffer.concat([u32(body.byteLength - 4), body, u32(crc32(body))]);
}

function chunksOf(png: Buffer, name: string): Buffer {
  const found: Buffer[] = [];
  for (let at = 8; at < png.byteLength; at += 12 + png.readUInt32BE(at)) {
    if (png.toString('latin1', at + 4, at + 8) === name)
      found.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  }
  return Buffer.concat(found);
}
