/** What runs in the looking thread: models are loaded and tested once, then one picture after the other. */
import { parentPort, workerData } from 'node:worker_threads';
import { loadFaces } from './faces.ts';
import { loadLibraries } from './libraries.ts';
import { loadLikeness, type Person } from './likeness.ts';
import { type Described, describe, type Look, look, type Models } from './look.ts';
import { loadNudity } from './nudity.ts';
import { selfTest } from './self-test.ts';

export interface ThreadData {
  /** Null: no gallery, and what compares faces is not even loaded. Empty while the gallery is being read. */
  readonly people: readonly Person[] | null;
}

export interface ThreadTask {
  /** `describe` is for pictures of the gallery. */
  readonly kind: 'look' | 'describe';
  readonly bytes: Uint8Array;
}

export type ThreadAnswer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'looked'; readonly look: Look }
  | { readonly kind: 'described'; readonly faces: readonly Described[] }
  /** This one cannot be decoded, or a model failed with it; the next one may be looked at. */
  | { readonly kind: 'unusable' };

export async function loadModels({ withLikeness }: { readonly withLikeness: boolean }): Promise<Models> {
  const libraries = await loadLibraries();
  const models = {
    nudity: await loadNudity(libraries),
    faces: await loadFaces(libraries),
    likeness: withLikeness ? await loadLikeness(libraries) : null,
  };
  await selfTest(models);
  return models;
}

if (parentPort) {
  const port = parentPort;
  const { people }: ThreadData = workerData;
  const say = (answer: ThreadAnswer) => port.postMessage(answer);
  // Whatever goes wrong here ends the thread, and whoever waits is told why.
  const models = await loadModels({ withLikeness: people !== null });
  const done = async ({ kind, bytes }: ThreadTask): Promise<ThreadAnswer> =>
    kind === 'look'
      ? { kind: 'looked', look: await look(models, bytes, people ?? []) }
      : { kind: 'described', faces: await describe(models, bytes) };
  port.on('message', (task: ThreadTask) => {
    done(task).then(say, () => say({ kind: 'unusable' }));
  });
  say({ kind: 'ready' });
}
