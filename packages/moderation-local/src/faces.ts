/** Finds faces, of people and of what is drawn like people. No age is guessed, and nobody is told from anybody else here (likeness.ts). */
import { join } from 'node:path';
import type { Libraries } from './libraries.ts';
import type { Rgb } from './picture.ts';

/** Places are shares of the picture's width and height. */
export interface Face {
  /** 0 to 1. */
  readonly score: number;
  /** The middle of the box around the whole head. */
  readonly x: number;
  readonly y: number;
  /** Its size; what stands out of the picture included. */
  readonly width: number;
  readonly height: number;
  readonly eyes: readonly [Point, Point];
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface FaceModels {
  find(picture: Rgb): Promise<readonly Face[]>;
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
        return face.map(({ boxScore, boxRaw: [left, top, across, down], meshRaw: [one, other] }) => ({
          score: boxScore,
          x: left + across / 2,
          y: top + down / 2,
          width: across,
          height: down,
          eyes: [pointOf(one), pointOf(other)],
        }));
      } finally {
        picture.dispose();
      }
    },
  };
}

function pointOf(landmark: readonly [number, number, ...number[]] | undefined): Point {
  if (landmark === undefined) throw new Error('the face model gave no eyes');
  const [x, y] = landmark;
  return { x, y };
}
