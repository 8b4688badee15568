/**
 * Google Cloud Vision: SafeSearch (how likely a picture is adult, racy, violent) and logos. Pictures only. Facts: Google's
 * reference of `images:annotate`.
 *
 * `spoof` and `medical` are left out: a meme and an X-ray offend nobody here.
 */
import { type Static, Type } from 'typebox';
import { guard } from '../../guard.ts';
import type { Detector } from '../detector.ts';
import {
  ask,
  failed,
  findingsOf,
  type HostedCaller,
  type Opinion,
  plainName,
  ruleName,
  UNREADABLE,
} from './ask.ts';
import { fitPicture } from './fit-picture.ts';

export interface GoogleVisionSettings {
  readonly apiKey: string;
  /** Default `https://vision.googleapis.com/v1`. */
  readonly baseUrl?: string;
}

const NAME = 'google-vision';
const MAX_LOGOS = 10;

/** Buckets, not probabilities: "likely" is just above our default threshold. `UNKNOWN` is no answer. */
const SCORE: Readonly<Record<string, number>> = {
  VERY_UNLIKELY: 0.05,
  UNLIKELY: 0.2,
  POSSIBLE: 0.5,
  LIKELY: 0.75,
  VERY_LIKELY: 0.95,
};
/** Racy is swimwear and poses: a hint, which never blocks by the default threshold, nor beside a face. */
const RACY_WEIGHT = 0.6;

const Annotation = Type.Object({
  safeSearchAnnotation: Type.Optional(
    Type.Object({ adult: Type.String(), violence: Type.String(), racy: Type.String() }),
  ),
  logoAnnotations: Type.Optional(
    Type.Array(Type.Object({ description: Type.String(), score: Type.Optional(Type.Number()) })),
  ),
  error: Type.Optional(Type.Object({ code: Type.Optional(Type.Number()) })),
});
type Annotation = Static<typeof Annotation>;
const isAnswer = guard(Type.Object({ responses: Type.Array(Annotation, { minItems: 1, maxItems: 1 }) }));

export function createGoogleVision(settings: GoogleVisionSettings, caller: HostedCaller): Detector {
  const { apiKey, baseUrl = 'https://vision.googleapis.com/v1' } = settings;
  return {
    name: NAME,
    looksAt: ['image', 'video_frame'],
    async detect(subject, signal) {
      if (subject.kind === 'text') return failed('looks at pictures only');
      const picture = await fitPicture(subject.bytes);
      if (picture.kind === 'failed') return picture;
      const features = [{ type: 'SAFE_SEARCH_DETECTION' }, { type: 'LOGO_DETECTION', maxResults: MAX_LOGOS }];
      const question = {
        url: `${baseUrl}/images:annotate`,
        headers: { 'x-goog-api-key': apiKey },
        body: { requests: [{ image: { content: picture.base64 }, features }] },
      };
      const asked = await ask(caller, question, signal);
      if (asked.kind === 'failed') return asked;
      if (!isAnswer(asked.body)) return UNREADABLE;
      const [annotation] = asked.body.responses;
      if (!annotation) return UNREADABLE;
      // A picture it could not read, or a feature that failed, is told under a 200.
      if (annotation.error)
        return failed(`could not look (error ${annotation.error.code ?? 'without a code'})`);
      const safe = safeSearch(annotation);
      return Array.isArray(safe) ? findingsOf(NAME, subject, [...safe, ...logos(annotation)]) : safe;
    },
  };
}

function safeSearch({ safeSearchAnnotation: said }: Annotation) {
  if (!said) return failed('gave no SafeSearch annotation');
  const adult = SCORE[said.adult];
  const violence = SCORE[said.violence];
  const racy = SCORE[said.racy];
  if (adult === undefined || violence === undefined || racy === undefined)
    return failed('could not tell how likely the picture is adult, violent or racy');
  const opinions: Opinion[] = [
    { category: 'adult', score: adult, rule: 'adult', why: `adult: ${said.adult}` },
    { category: 'adult', score: racy * RACY_WEIGHT, rule: 'racy', why: `racy: ${said.racy}` },
    { category: 'violence', score: violence, rule: 'violence', why: `violence: ${said.violence}` },
  ];
  return opinions;
}

/** Without a score it was found all the same. */
function logos({ logoAnnotations = [] }: Annotation): Opinion[] {
  return logoAnnotations.map(({ description, score = 1 }) => ({
    category: 'third_party_content',
    score,
    rule: `logo:${ruleName(description)}`,
    why: `the logo of ${plainName(description)}`,
  }));
}
