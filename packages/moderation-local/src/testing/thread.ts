/** A looking thread for tests: the first byte of a picture says how it behaves. */
import { parentPort, threadId } from 'node:worker_threads';
import type { ThreadAnswer, ThreadTask } from '../thread.ts';

const scores = { drawing: 0, hentai: 0, neutral: 1, porn: 0, sexy: 0 };

const say = (answer: ThreadAnswer) => parentPort?.postMessage(answer);

parentPort?.on('message', ({ kind, bytes: [first = 0, ...more] }: ThreadTask) => {
  if (kind === 'describe') {
    // So many faces, each of so many pixels.
    if (first === 0) say({ kind: 'unusable' });
    else say({ kind: 'described', faces: more.map((side) => ({ side, descriptor: Float32Array.of(side) })) });
    return;
  }
  switch (first) {
    case 1: // Says which thread it is.
      say({
        kind: 'looked',
        look: { nudity: [scores, scores], faces: { count: threadId, surest: 0 }, drawn: 0, alike: [] },
      });
      return;
    case 2: // Never answers.
      return;
    case 3:
      throw new Error('broken on purpose');
    case 4:
      process.exit(1);
  }
});
say({ kind: 'ready' });
