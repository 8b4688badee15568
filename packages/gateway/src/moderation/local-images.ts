/**
 * The detector of nudity and faces that runs on this machine. The models are a package of their own that most installations do
 * not have (docs/decisions/moderation-local.md): it is imported only when the configuration asks for it.
 */
import type { Detector, Finding, Subject } from './detector.ts';

/** What the package sees; the same shapes stand in its `look.ts` and `index.ts`. */
interface Scores {
  readonly drawing: number;
  readonly hentai: number;
  readonly neutral: number;
  readonly porn: number;
  readonly sexy: number;
}
export interface Look {
  readonly nudity: readonly [Scores, Scores];
  readonly faces: { readonly count: number; readonly surest: number };
  readonly drawn: number;
}
export interface Looker {
  look(
    bytes: Uint8Array,
    signal: AbortSignal,
  ): Promise<
    { readonly kind: 'looked'; readonly look: Look } | { readonly kind: 'failed'; readonly reason: string }
  >;
  close(): Promise<void>;
}

/** Beside the gateway's own package. */
const PACKAGE = new URL('../../../moderation-local/src/index.ts', import.meta.url);

/** Rejects with what to do where the package or its models are not there. */
export async function loadLooker(from: URL = PACKAGE): Promise<Looker> {
  const loaded: unknown = await import(from.href).catch(() => null);
  if (!isPackage(loaded))
    throw new Error(
      'The configuration asks for local moderation, and packages/moderation-local is not here. Add it, or turn local moderation off.',
    );
  return loaded.createLooker();
}

function isPackage(value: unknown): value is { createLooker(): Looker } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'createLooker' in value &&
    typeof value.createLooker === 'function'
  );
}

const NAME = 'local-images';
/** A hint, which never reaches the default threshold, nor what counts as adult beside a face. */
const SEXY_WEIGHT = 0.55;
const LEAST_SCORE = 0.05;

export function createLocalImages(looker: Looker): Detector {
  return {
    name: NAME,
    looksAt: ['image', 'video_frame'],
    async detect(subject, signal) {
      if (subject.kind === 'text') return { kind: 'failed', reason: 'looks at pictures only' };
      const looked = await looker.look(subject.bytes, signal);
      if (looked.kind === 'failed') return looked;
      return { kind: 'findings', findings: findingsOf(looked.look, subject) };
    },
  };
}

/** Either model may say that a picture is pornographic: each misses what the other sees. */
function findingsOf({ nudity, faces, drawn }: Look, { stage, input }: Subject): Finding[] {
  const highest = (score: (scores: Scores) => number) => Math.max(...nudity.map(score));
  const finding = (category: Finding['category'], score: number, rule: string, why: string): Finding => ({
    category,
    score: Math.min(1, score),
    stage,
    input,
    detector: NAME,
    rule,
    why,
    spans: [],
    absolute: false,
  });
  return [
    finding(
      'adult',
      highest(({ porn, hentai }) => porn + hentai),
      'nudity',
      'nudity or sexual acts',
    ),
    finding('adult', highest(({ sexy }) => sexy) * SEXY_WEIGHT, 'suggestive', 'suggestive pose or clothing'),
    finding(
      'photorealistic_people',
      faces.surest * (1 - drawn / 2),
      'face',
      `${faces.count} face(s); ${Math.round(drawn * 100)} % likely drawn`,
    ),
  ].filter(({ score }) => score >= LEAST_SCORE);
}
