/** A looking thread for tests: the first byte of a picture says how it behaves. */
import { parentPort, threadId } from 'node:worker_threads';

const scores = { drawing: 0, hentai: 0, neutral: 1, porn: 0, sexy: 0 };

parentPort?.on('message', (bytes: Uint8Array) => {
  switch (bytes[0]) {
    case 1: // Says which thread it is.
      parentPort?.postMessage({
        kind: 'looked',
        look: { nudity: [scores, scores], faces: { count: threadId, surest: 0 }, drawn: 0 },
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
parentPort?.postMessage({ kind: 'ready' });
