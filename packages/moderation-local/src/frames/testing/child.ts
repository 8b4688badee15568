/** A decoding process for tests: the first byte of a video says how it behaves. */
import { endMessage, failedMessage, frameMessage } from '../wire.ts';

let first: number | undefined;
for await (const chunk of process.stdin) first ??= Buffer.from(chunk)[0];

/** What it was given besides, as the seconds of its one frame. */
const asked = Number(process.argv[3]);
const frame = frameMessage({ atSeconds: asked, jpeg: Buffer.from(Object.keys(process.env).join()) });

switch (first) {
  case 1: // As it should be.
    process.stdout.write(Buffer.concat([frame, endMessage()]));
    break;
  case 2: // Never answers.
    setInterval(() => undefined, 1_000);
    break;
  case 3: // What a bug in C code looks like.
    process.stdout.write(frame, () => process.kill(process.pid, 'SIGSEGV'));
    break;
  case 4: // Ends in the middle.
    process.stdout.write(frame);
    break;
  case 5: // Talks without end.
    for (let sent = 0; sent < 10; sent++) process.stdout.write(Buffer.alloc(4_000_000));
    break;
  case 6:
    process.stdout.write(failedMessage('it is\ndamaged'));
    break;
  case 7: // Three gigabytes.
    for (const held: Buffer[] = []; held.length < 30; ) held.push(Buffer.alloc(100_000_000, 1));
    process.stdout.write(Buffer.concat([frame, endMessage()]));
    break;
  default:
    process.exit(3);
}
