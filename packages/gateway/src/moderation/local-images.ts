/**
 * The detector of nudity, of faces and, with a gallery, of likenesses that runs on this machine. The models are a package of their
 * own that most installations do not have (docs/decisions/moderation-local.md): it is imported only when the configuration asks for it.
 */
import type { Detector, Finding, Subject } from './detector.ts';
import type { GalleryOutcome, GalleryPicture, LikenessGallery, People } from './likeness-gallery.ts';

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
  /** Each person of the gallery whom any face is like, however little. */
  readonly alike: readonly { readonly label: string; readonly cosine: number }[];
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

interface LocalPackage {
  createLooker(options?: { readonly people: People }): Looker;
  readGallery(pictures: readonly GalleryPicture[]): Promise<GalleryOutcome>;
}

/** Rejects with what to do where the package or its models are not there, or the gallery cannot be used. */
export async function loadLooker(gallery: LikenessGallery | null, from: URL = PACKAGE): Promise<Looker> {
  const loaded: unknown = await import(from.href).catch(() => null);
  if (!isPackage(loaded))
    throw new Error(
      'The configuration asks for local moderation, and packages/moderation-local is not here. Add it, or turn local moderation off.',
    );
  if (gallery === null) return loaded.createLooker();
  const { openGallery } = await import('./likeness-gallery.ts');
  return loaded.createLooker({ people: await openGallery(gallery, loaded.readGallery) });
}

function isPackage(value: unknown): value is LocalPackage {
  return (
    typeof value === 'object' &&
    value !== null &&
    'createLooker' in value &&
    typeof value.createLooker === 'function' &&
    'readGallery' in value &&
    typeof value.readGallery === 'function'
  );
}

const NAME = 'local-images';
/** A hint, which never reaches the default threshold, nor what counts as adult beside a face. */
const SEXY_WEIGHT = 0.55;
const LEAST_SCORE = 0.05;
/** A face that is less like somebody's says nothing about them, and nothing about it is kept. */
const LEAST_LIKENESS = 0.5;

/** `likeFrom`: the gallery's threshold; asked for nothing where there is no gallery. */
export function createLocalImages(looker: Looker, likeFrom = DEFAULT_LIKENESS_THRESHOLD): Detector {
  return {
    name: NAME,
    looksAt: ['image', 'video_frame'],
    async detect(subject, signal) {
      if (subject.kind === 'text') return { kind: 'failed', reason: 'looks at pictures only' };
      const looked = await looker.look(subject.bytes, signal);
      if (looked.kind === 'failed') return looked;
      return { kind: 'findings', findings: findingsOf(looked.look, subject, likeFrom) };
    },
  };
}

/** Either model may say that a picture is pornographic: each misses what the other sees. */
function findingsOf({ nudity, faces, drawn, alike }: Look, subject: Subject, likeFrom: number): Finding[] {
  const { stage, input } = subject;
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
  const likenesses = alike.map(({ label, cosine }) =>
    finding(
      'celebrity_likeness',
      likenessScore(cosine, likeFrom),
      `likeness:${label}`,
      'a face like this one',
    ),
  );
  return [
    ...likenesses.filter(({ score }) => score >= LEAST_LIKENESS),
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

/** What two pictures of one person reach in 77 of 100 cases, and unrelated faces in none of 1,242 (docs/moderation-images.md). */
export const DEFAULT_LIKENESS_THRESHOLD = 0.6;
/** That of two people who have nothing in common, in the middle. */
const STRANGERS = 0.37;
/** That of two copies of one picture. */
const SAME_PICTURE = 0.9;
/** The score that the threshold becomes: the policy's own default threshold. */
const AT_THRESHOLD = 0.7;

/** From 0 (strangers) over 0.7 (the gallery's threshold) to 1 (the very picture), in two straight lines. */
export function likenessScore(cosine: number, threshold: number): number {
  const score =
    cosine < threshold
      ? (AT_THRESHOLD * (cosine - STRANGERS)) / (threshold - STRANGERS)
      : AT_THRESHOLD + ((1 - AT_THRESHOLD) * (cosine - threshold)) / (SAME_PICTURE - threshold);
  return Math.min(1, Math.max(0, score));
}
