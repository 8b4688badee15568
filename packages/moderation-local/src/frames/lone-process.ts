/** One video in a process of its own, and the bounds around that process. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import type { After } from '../after.ts';
import { MAX_FRAME_BYTES, readAnswer, type Sampled } from './wire.ts';

export interface VideoFile {
  readonly bytes: number;
  open(): Promise<Readable>;
}

export interface LoneOptions {
  /** What the process runs. */
  readonly script: URL;
  readonly timeoutMs: number;
  readonly after: After;
  readonly signal: AbortSignal;
}

const HEAP_MB = 256;
/**
 * Of the process, beside the file: enough for 4K, and for what Node.js sets aside without using it. The kernel keeps it, where there
 * is one that does: a frame of any size is claimed in a few bytes, and the decoder's threads are faster than a look at the clock.
 */
const DATA_KB = 1_500_000;
const SHELL = '/bin/sh';
const WITH_LIMIT = 'ulimit -d "$0" 2>/dev/null; exec "$@"';

/** Rejects where the system gives no process. */
export function decodeAlone(video: VideoFile, count: number, options: LoneOptions): Promise<Sampled> {
  const { script, timeoutMs, after, signal } = options;
  return new Promise((resolve) => {
    const [command, ...args] = bounded(
      [`--max-old-space-size=${HEAP_MB}`, fileURLToPath(script), String(video.bytes), String(count)],
      DATA_KB + Math.ceil(video.bytes / 1_024),
    );
    const work = spawn(command, args, {
      // Nothing of the gateway's environment, and so none of its keys.
      env: { NODE_WEBCODECS_FORCE: 'static' },
      stdio: ['pipe', 'pipe', 'ignore'],
      windowsHide: true,
    });
    let ended: string | null = null;
    const end = (why: string) => {
      ended ??= why;
      work.kill('SIGKILL');
    };
    const onAbort = () => end('was given up');
    const timer = after(timeoutMs, () => end(`took longer than ${timeoutMs} ms`));
    signal.addEventListener('abort', onAbort, { once: true });

    const said: Buffer[] = [];
    let length = 0;
    work.stdout.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > count * MAX_FRAME_BYTES) end('the decoder said more than it was asked for');
      else said.push(chunk);
    });
    work.on('error', (error) => end(`the decoder does not start: ${error.message}`));
    work.on('close', (code, killedBy) => {
      timer.cancel();
      signal.removeEventListener('abort', onAbort);
      const answer = ended === null ? readAnswer(Buffer.concat(said)) : failed(ended);
      resolve(answer ?? failed(`the decoder broke (${killedBy ?? `exit code ${code}`})`));
    });
    const feed = video.open().then((stream) => pipeline(stream, work.stdin));
    // A process that has ended takes no more: `close` tells how it ended.
    feed.catch((error: unknown) => {
      if (!isBrokenPipe(error)) end('the file could not be read');
    });
  });
}

/** Node.js with a limit of memory, where this machine has the means. */
function bounded(args: readonly string[], dataKb: number): [command: string, ...args: string[]] {
  return process.platform === 'linux' && existsSync(SHELL)
    ? [SHELL, '-c', WITH_LIMIT, String(dataKb), process.execPath, ...args]
    : [process.execPath, ...args];
}

function failed(reason: string): Sampled {
  return { kind: 'failed', reason };
}

function isBrokenPipe(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return code === 'EPIPE' || code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE';
}
