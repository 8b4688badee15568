/** The decoding process: a video comes in, its frames go out, and it ends. It lives for one video. */
import { setPriority } from 'node:os';
import { CannotLook } from './cannot-look.ts';
import { loadCodecs } from './codec.ts';
import { sampleFrames } from './sample.ts';
import { endMessage, failedMessage, frameMessage } from './wire.ts';

/** Beside the file itself; a clip of 4K needs about half of it. For systems that set no limit of their own (lone-process.ts). */
const MEMORY_MB = 1_024;
/** The gateway goes first. */
const NICE = 5;

const [size = 0, count = 1] = process.argv.slice(2).map(Number);
setPriority(NICE);

const say = (message: Buffer) => new Promise((resolve) => process.stdout.write(message, resolve));

async function readAll(bytes: number): Promise<Uint8Array> {
  const file = Buffer.alloc(bytes);
  let at = 0;
  for await (const chunk of process.stdin) at += Buffer.from(chunk).copy(file, at);
  if (at !== bytes) throw new CannotLook('the file could not be read');
  return file;
}

function checkMemory(): void {
  if (process.memoryUsage.rss() > MEMORY_MB * 1_048_576 + size)
    throw new CannotLook(`it needs more than ${MEMORY_MB} MB to be decoded`);
}

try {
  const file = await readAll(size);
  for await (const frame of sampleFrames(loadCodecs(), file, { count, checkMemory }))
    await say(frameMessage(frame));
  await say(endMessage());
} catch (error) {
  await say(failedMessage(error instanceof CannotLook ? error.message : 'it could not be decoded'));
}
// What the decoder still holds goes with the process.
process.exit(0);
