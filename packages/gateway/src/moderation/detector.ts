/**
 * What a detector is: it looks at one text, image or video frame and says what it found. Built-in text rules, local image models
 * and hosted services all fit this contract; what is done about a finding is the policy's business, never the detector's.
 *
 * To add one: implement `Detector`, answer `failed` instead of throwing where you cannot look (the policy's `on_error` decides
 * then), and never put the content itself into `why`.
 */

/** The sub-types of `content_policy_violation`. */
export const CATEGORIES = [
  'adult',
  'violence',
  'minor_protection',
  'celebrity_likeness',
  'third_party_content',
  'photorealistic_people',
  'general',
] as const;
export type Category = (typeof CATEGORIES)[number];

/** The name of the built-in detector of words (text/rules.ts). */
export const TEXT_RULES = 'text-rules';

/** `input`: what the client sent. `output`: what was made of it. */
export type Stage = 'input' | 'output';

/** Offsets into the text as it was given, in UTF-16 code units; `end` is exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export type Subject =
  | { readonly kind: 'text'; readonly stage: Stage; readonly input: string; readonly text: string }
  | {
      readonly kind: 'image' | 'video_frame';
      readonly stage: Stage;
      /** Where it came from: `image_urls[0]`, `video_urls[0]`, `results[1]`. */
      readonly input: string;
      /** A whole encoded image that was decoded without complaint before. */
      readonly bytes: Uint8Array;
      readonly mimeType: string;
      /** Of a frame: seconds from the start. */
      readonly atSeconds: number | null;
    };

export type SubjectKind = Subject['kind'];

/** One opinion. It names rules and places and never holds the content. */
export interface Finding {
  readonly category: Category;
  /** 0 (surely not) to 1 (surely). */
  readonly score: number;
  readonly stage: Stage;
  /** The parameter at fault: `prompt`, `image_urls[0]`, `results[1]`. */
  readonly input: string;
  /** Of a frame: seconds from the start. Whoever asks the detector adds it. */
  readonly atSeconds?: number;
  readonly detector: string;
  /** The detector's own name for what it saw, `adult.nudity`; null where it has but one per category. */
  readonly rule: string | null;
  /** For the operator: "nudity". Words of the detector, never of the content. */
  readonly why: string;
  /** In a text. */
  readonly spans: readonly Span[];
  /**
   * A sexualised minor, and the detector is sure of it: blocked under every policy. The score is then not compared with
   * anything. Only for `minor_protection`.
   */
  readonly absolute: boolean;
}

export type DetectorOutcome =
  | { readonly kind: 'findings'; readonly findings: readonly Finding[] }
  /** It could not look. `reason` is for the operator. */
  | { readonly kind: 'failed'; readonly reason: string };

export interface Detector {
  /** `text-rules`, `local-images`: stands in findings and in overrules, so keep it stable. */
  readonly name: string;
  readonly looksAt: readonly SubjectKind[];
  /** Aborting the signal ends it soon, with `failed`. */
  detect(subject: Subject, signal: AbortSignal): Promise<DetectorOutcome>;
}
