/** Two small classifiers of nudity: what one takes for harmless or for indecent by mistake, the other seldom does as well. */
import { join } from 'node:path';
import { artifactsOf, type Classifier, type Libraries } from './libraries.ts';
import { foldedMobilenet } from './mobilenet.ts';

/** Probabilities that add up to 1. `sexy` is swimwear and poses; `hentai` is drawn. */
export interface NudityScores {
  readonly drawing: number;
  readonly hentai: number;
  readonly neutral: number;
  readonly porn: number;
  readonly sexy: number;
}

export const NUDITY_SIDE = 224;

export interface NudityModels {
  /** @param rgb 224 x 224 x 3 bytes. One answer of each model. */
  classify(rgb: Uint8Array): Promise<readonly [NudityScores, NudityScores]>;
}

export async function loadNudity(libraries: Libraries): Promise<NudityModels> {
  const { tf, converter } = libraries;
  const small = foldedMobilenet(tf, bundled(libraries, 'mobilenet_v2', 1));
  const mid = await converter.loadGraphModel({ load: async () => bundled(libraries, 'mobilenet_v2_mid', 2) });
  const run = async (model: Classifier, values: Float32Array): Promise<NudityScores> => {
    const input = tf.tensor(values, [1, NUDITY_SIDE, NUDITY_SIDE, 3], 'float32');
    const output = model.predict(input);
    try {
      return scoresOf(await output.data());
    } finally {
      input.dispose();
      output.dispose();
    }
  };
  return {
    async classify(rgb) {
      // Not `Float32Array.from` with a mapping, which takes seven times as long.
      const values = new Float32Array(rgb).map((byte) => byte / 255);
      return [await run(small, values), await run(mid, values)];
    },
  };
}

/** Anything but five probabilities is an error: a broken model must not pass for a clean picture. */
function scoresOf(values: ArrayLike<number>): NudityScores {
  const [drawing, hentai, neutral, porn, sexy] = Array.from(values);
  const sum = Array.from(values).reduce((total, one) => total + one, 0);
  const complete =
    drawing !== undefined &&
    hentai !== undefined &&
    neutral !== undefined &&
    porn !== undefined &&
    sexy !== undefined;
  if (!complete || values.length !== 5 || !(Math.abs(sum - 1) < 0.01))
    throw new Error('a nudity model gave no probabilities');
  return { drawing, hentai, neutral, porn, sexy };
}

/** The package's model files are JavaScript: the manifest, and each part of the weights as base64. */
function bundled({ require, nsfwFolder }: Libraries, name: string, parts: number) {
  const file = (base: string) => require(join(nsfwFolder, name, `${base}.min.js`));
  const weights = Array.from({ length: parts }, (_, index) =>
    Buffer.from(String(file(`group1-shard${index + 1}of${parts}`)), 'base64'),
  );
  return artifactsOf(JSON.parse(JSON.stringify(file('model'))), weights);
}
