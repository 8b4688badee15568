/** Finds faces, of people and of what is drawn like people. Nobody is told from anybody else, and no age is guessed. */
import { join } from 'node:path';
import type { Libraries } from './libraries.ts';

export interface Rgb {
  readonly width: number;
  readonly height: number;
  /** width x height x 3. */
  readonly data: Uint8Array;
}

export interface FaceModels {
  /** One score (0 to 1) for each face. */
  find(picture: Rgb): Promise<readonly number[]>;
}

const OFF = { enabled: false };
const MOST_FACES = 20;
const LEAST_SCORE = 0.4;

export async function loadFaces({ tf, Human, wasmFolder, humanFolder }: Libraries): Promise<FaceModels> {
  const human = new Human({
    backend: 'wasm',
    wasmPath: wasmFolder,
    modelBasePath: `file://${join(humanFolder, 'models')}/`,
    debug: false,
    async: false,
    // A score of its own for every picture, never one kept from the picture before.
    cacheSensitivity: 0,
    filter: OFF,
    face: {
      enabled: true,
      detector: { rotation: false, maxDetected: MOST_FACES, minConfidence: LEAST_SCORE },
      mesh: OFF,
      description: OFF,
      iris: OFF,
      emotion: OFF,
      antispoof: OFF,
      liveness: OFF,
    },
    body: OFF,
    hand: OFF,
    object: OFF,
    gesture: OFF,
    segmentation: OFF,
  });
  await human.load();
  return {
    async find({ width, height, data }) {
      const picture = tf.tensor(data, [1, height, width, 3], 'float32');
      try {
        const { error, face } = await human.detect(picture);
        if (error) throw new Error('the face model failed');
        return face.map(({ boxScore }) => boxScore);
      } finally {
        picture.dispose();
      }
    },
  };
}
