/**
 * The decoder, reached from `frames/node_modules` and typed by what is used of it: WebCodecs over an FFmpeg that has nothing but
 * codecs. Only for the decoding process.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const FRAMES_FOLDER = join(import.meta.dirname, '..', '..', 'frames');
const NODE_MODULES = join(FRAMES_FOLDER, 'node_modules');

/** Whether `npm run moderation:install-frames` has been run, and brought a build for this machine. */
export function isInstalled(): boolean {
  const build = `static-${process.platform}-${process.arch}`;
  return [join('node-webcodecs'), join('@node-webcodecs', build)].every((name) =>
    existsSync(join(NODE_MODULES, name)),
  );
}

export interface DecodedFrame {
  readonly format: string | null;
  readonly codedWidth: number;
  readonly codedHeight: number;
  /** Without a format: the planes as they were decoded, whatever they are. */
  copyTo(target: Uint8Array, options?: { readonly format: 'RGBA' }): Promise<unknown>;
  close(): void;
}

export interface DecoderConfig {
  readonly codec: string;
  readonly description?: AllowSharedBufferSource;
}

type AllowSharedBufferSource = ArrayBufferLike | ArrayBufferView;

export interface Decoder {
  configure(config: DecoderConfig & { readonly useWorkerThread: false }): void;
  decode(chunk: object): void;
  flush(): Promise<void>;
  close(): void;
}

export interface Codecs {
  readonly VideoDecoder: new (init: {
    readonly output: (frame: DecodedFrame) => void;
    readonly error: (error: Error) => void;
  }) => Decoder;
  readonly EncodedVideoChunk: new (init: {
    readonly type: 'key' | 'delta';
    /** Microseconds. */
    readonly timestamp: number;
    readonly data: Uint8Array;
  }) => object;
  readonly VideoFrame: new (
    planes: Uint8Array,
    init: {
      readonly format: 'I420';
      readonly codedWidth: number;
      readonly codedHeight: number;
      readonly timestamp: number;
    },
  ) => DecodedFrame;
}

export function loadCodecs(): Codecs {
  const codecs: Codecs = createRequire(join(FRAMES_FOLDER, 'package.json'))('node-webcodecs');
  return codecs;
}
