/** The hostile server of hostile.ts, in a process of its own: `node hostile-server.ts` prints `{"url": ...}`. Every path is a trap. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { deflateSync, gzipSync } from 'node:zlib';
import sharp from 'sharp';
import { claimingPng, sampleImage } from '../packages/gateway/src/media/sample-media.ts';

/** Just under the 50 megapixels at which pictures are no longer decoded. */
const SIDE = 7000;
const TWO_GIGABYTES = 2_000_000_000;
const CHUNK = Buffer.alloc(65_536, 1);

type Trap = (request: IncomingMessage, response: ServerResponse) => void;

const serve =
  (file: Buffer, headers: Readonly<Record<string, string>> = {}): Trap =>
  (_, response) =>
    response.writeHead(200, headers).end(file);

const solid = { create: { width: SIDE, height: SIDE, channels: 3, background: '#345' } } as const;
const small = await sampleImage('png', 320, 240);
const wide = await sharp({ create: { ...solid.create, width: 3000, height: 3000 } })
  .gif()
  .toBuffer();

/** A photograph blown up: nothing is wrong with it but its size, and each repair of it takes all the pixels. */
const blownUp = (width: number, height: number) =>
  sharp(new URL('../examples/photos/raccoon-1280x720.jpg', import.meta.url).pathname).resize(width, height);

const traps: Readonly<Record<string, Trap>> = {
  'png-bomb': serve(await sharp(solid).png({ compressionLevel: 9 }).toBuffer()),
  'png-claiming-a-gigapixel': serve(await claimingPng(32_000, 32_000)),
  'png-with-packed-text': serve(withPackedText(small)),
  'avif-to-repair': serve(await blownUp(6000, 4000).avif({ effort: 0 }).toBuffer()),
  'jpeg-to-repair': serve(await blownUp(8000, 4500).jpeg({ quality: 98 }).toBuffer()),
  'gif-bomb': serve(manyFrames(wide, 800)),
  'webp-bomb': serve(await sharp(solid).webp({ lossless: true }).toBuffer()),
  'gzip-bomb': serve(gzipSync(Buffer.alloc(500_000_000), { level: 9 }), { 'content-encoding': 'gzip' }),
  'nested-boxes': serve(nestedBoxes(100_000)),
  'nested-entities': serve(Buffer.from(nestedEntities())),
  'slow-body': (_, response) => {
    response.writeHead(200, { 'content-length': small.byteLength });
    drip(response, () => response.write(small.subarray(0, 10)));
  },
  'slow-headers': (request, response) => {
    request.socket.write('HTTP/1.1 200 OK\r\n');
    drip(response, () => request.socket.write('x-slow: 1\r\n'));
  },
  'endless-headers': (request) => pour(request.socket, Buffer.from(`x-long: ${'a'.repeat(4000)}\r\n`)),
  'endless-redirects': ({ url }, response) => {
    response.writeHead(302, { location: `${url}x` });
    pour(response, CHUNK);
  },
  'stream-without-length': (_, response) => pour(response.writeHead(200), CHUNK),
  'stream-with-too-small-a-length': (request) => {
    request.socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n');
    pour(request.socket, CHUNK);
  },
  'stream-with-too-large-a-length': (_, response) => {
    response.writeHead(200, { 'content-length': 49_000_000 });
    response.write(CHUNK, () => response.destroy());
  },
  'stream-of-two-gigabytes': (_, response) =>
    pour(response.writeHead(200, { 'content-length': TWO_GIGABYTES }), CHUNK),
  'huge-page': (_, response) => {
    response.writeHead(200, { 'content-type': 'image/png' }).write('<!doctype html><title>photo</title>');
    pour(response, CHUNK);
  },
};

const server = createServer((request, response) => {
  response.on('error', () => {});
  request.socket.on('error', () => {});
  const name = /^\/([a-z-]+?)(\/|$)/.exec(request.url ?? '')?.[1] ?? '';
  (traps[name] ?? serve(small))(request, response);
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  console.log(JSON.stringify({ url: `http://127.0.0.1:${port}`, traps: Object.keys(traps) }));
});

function pour(to: NodeJS.WritableStream & { readonly destroyed: boolean }, chunk: Buffer): void {
  while (!to.destroyed && to.write(chunk));
  if (!to.destroyed) to.once('drain', () => pour(to, chunk));
}

function drip(response: ServerResponse, once: () => void): void {
  once();
  const timer = setInterval(once, 1000);
  response.once('close', () => clearInterval(timer));
}

/** The one frame of a GIF, over and over. */
function manyFrames(gif: Buffer, frames: number): Buffer {
  const begin = gif.indexOf(Buffer.from([0x21, 0xf9, 0x04]));
  const frame = gif.subarray(begin, -1);
  return Buffer.concat([
    gif.subarray(0, begin),
    ...Array.from({ length: frames }, () => frame),
    gif.subarray(-1),
  ]);
}

/** A sound PNG with half a gigabyte of text in a compressed chunk. */
function withPackedText(png: Buffer): Buffer {
  const data = Buffer.concat([
    Buffer.from('Comment\0\0'),
    deflateSync(Buffer.alloc(500_000_000), { level: 9 }),
  ]);
  const chunk = Buffer.alloc(8);
  chunk.writeUInt32BE(data.byteLength);
  chunk.write('zTXt', 4);
  // After the signature and IHDR. Decoders look at a chunk of this kind before its checksum, if at all.
  return Buffer.concat([png.subarray(0, 33), chunk, data, Buffer.alloc(4), png.subarray(33)]);
}

/** An MP4 of boxes in boxes. */
function nestedBoxes(depth: number): Buffer {
  const boxes = Buffer.alloc(depth * 8);
  for (let level = 0; level < depth; level++) {
    boxes.writeUInt32BE((depth - level) * 8, level * 8);
    boxes.write('moov', level * 8 + 4);
  }
  return Buffer.concat([Buffer.from('\0\0\0\x18ftypisom\0\0\0\0isommp42', 'latin1'), boxes]);
}

function nestedEntities(): string {
  const entities = Array.from(
    { length: 9 },
    (_, level) => `<!ENTITY e${level + 1} "${`&e${level};`.repeat(10)}">`,
  );
  return `<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY e0 "ha">${entities.join('')}]><svg xmlns="http://www.w3.org/2000/svg">&e9;</svg>`;
}
