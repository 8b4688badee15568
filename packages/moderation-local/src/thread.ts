/** What runs in the looking thread: models are loaded and tested once, then one picture after the other. */
import { parentPort } from 'node:worker_threads';
import { loadFaces } from './faces.ts';
import { loadLibraries } from './libraries.ts';
import { type Look, look, type Models } from './look.ts';
import { loadNudity } from './nudity.ts';
import { selfTest } from './self-test.ts';

export type ThreadAnswer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'looked'; readonly look: Look }
  /** This picture could not be looked at; the next one may. */
  | { readonly kind: 'failed'; readonly reason: string };

export async function loadModels(): Promise<Models> {
  const libraries = await loadLibraries();
  const models = { nudity: await loadNudity(libraries), faces: await loadFaces(libraries) };
  await selfTest(models);
  return models;
}

if (parentPort) {
  const port = parentPort;
  const say = (answer: ThreadAnswer) => port.postMessage(answer);
  // Whatever goes wrong here ends the thread, and whoever waits is told why.
  const models = await loadModels();
  port.on('message', (bytes: Uint8Array) => {
    look(models, bytes).then(
      (seen) => say({ kind: 'looked', look: seen }),
      () => say({ kind: 'failed', reason: 'the picture could not be looked at' }),
    );
  });
  say({ kind: 'ready' });
}
