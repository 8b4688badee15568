/** Frames to H.264 through h264-mp4-encoder. Loading it installs global error handlers: only ever import this in a worker. */
import { createRequire } from 'node:module';
import type { Frame } from './planes.ts';

/** The part of the package that is used; its own typings describe the whole of Emscripten. */
interface H264Encoder {
  width: number;
  height: number;
  frameRate: number;
  quantizationParameter: number;
  speed: number;
  groupOfPictures: number;
  readonly outputFilename: string;
  readonly FS: { readFile(name: string): Uint8Array; unlink(name: string): void };
  initialize(): void;
  addFrameYuv(data: Uint8Array): void;
  finalize(): void;
  delete(): void;
}

const require = createRequire(import.meta.url);
const {
  createH264MP4Encoder,
}: { createH264MP4Encoder(): Promise<H264Encoder> } = require('h264-mp4-encoder');

export interface FrameEncoder {
  add(frame: Frame): void;
  /** An MP4 with the frames, its index at the end; mux.ts makes the file to deliver of it. */
  finish(): Uint8Array;
}

export async function createFrameEncoder(
  width: number,
  height: number,
  frameRate: number,
): Promise<FrameEncoder> {
  const encoder = await createH264MP4Encoder();
  Object.assign(encoder, {
    width,
    height,
    frameRate,
    quantizationParameter: 26,
    speed: 10,
    groupOfPictures: 2 * frameRate,
  });
  encoder.initialize();
  return {
    add: (frame) => encoder.addFrameYuv(frame.data),
    finish() {
      encoder.finalize();
      const file = encoder.FS.readFile(encoder.outputFilename);
      encoder.FS.unlink(encoder.outputFilename);
      encoder.delete();
      return file;
    },
  };
}
