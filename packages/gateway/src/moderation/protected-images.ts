/**
 * The detector of the operator's own list: pictures that nobody shall use (a mascot, a campaign, a portrait), known again by
 * their fingerprint. It knows copies, not likenesses: the same mascot drawn anew is another picture.
 */
import type { Category, Detector, Finding } from './detector.ts';
import {
  HASH_BITS,
  hashDistance,
  hashesWithCuts,
  type PictureHash,
  perceptualHash,
} from './perceptual-hash.ts';

export interface ProtectedImage {
  /** Stands in findings: `mascot-2024`. */
  readonly name: string;
  /** Usually `third_party_content`. */
  readonly category: Category;
  readonly bytes: Uint8Array;
}

const NAME = 'protected-images';

/**
 * 1 where every bit agrees, 0 where as many differ as chance gives. The default threshold of 0.7 allows 19 bits; of 100,000 pairs
 * of unrelated generated pictures none differed in fewer than 27, and one in a thousand in fewer than 40.
 */
const CHANCE = HASH_BITS / 2;
/** What is less alike is not told at all. */
const LEAST_SCORE = 0.5;

/** Rejects with the picture's name where one cannot be decoded or is too plain to be known again: a list with holes protects nobody. */
export async function createProtectedImages(images: readonly ProtectedImage[]): Promise<Detector> {
  const known: {
    readonly name: string;
    readonly category: Category;
    readonly hashes: readonly PictureHash[];
  }[] = [];
  for (const { name, category, bytes } of images) {
    const hashes = await hashesWithCuts(bytes).catch(() => undefined);
    if (hashes === undefined) throw new Error(`The protected image ${name} cannot be decoded.`);
    if (hashes === null)
      throw new Error(`The protected image ${name} is of one colour: every plain picture would be like it.`);
    known.push({ name, category, hashes });
  }
  return {
    name: NAME,
    looksAt: ['image', 'video_frame'],
    async detect(subject) {
      if (subject.kind === 'text') return { kind: 'failed', reason: 'looks at pictures only' };
      const { stage, input } = subject;
      const hash = await perceptualHash(subject.bytes).catch(() => undefined);
      if (hash === undefined) return { kind: 'failed', reason: 'the picture could not be decoded' };
      if (hash === null) return { kind: 'findings', findings: [] };
      const findings = known.flatMap(({ name, category, hashes }): Finding[] => {
        const nearest = Math.min(...hashes.map((other) => hashDistance(hash, other)));
        const score = Math.max(0, 1 - nearest / CHANCE);
        if (score < LEAST_SCORE) return [];
        const why = `nearly the protected image ${name}`;
        return [
          { category, score, stage, input, detector: NAME, rule: name, why, spans: [], absolute: false },
        ];
      });
      return { kind: 'findings', findings };
    },
  };
}
