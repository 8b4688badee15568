/**
 * OpenAI's moderation endpoint with an omni model: texts in many languages, and pictures for the categories of sex, violence and
 * self-harm. Facts: OpenAI's API reference, its moderation guide, and the types of the official Node client 7.57. Free of charge.
 */
import { type Static, Type } from 'typebox';
import { guard } from '../../guard.ts';
import type { Category, Detector, Subject } from '../detector.ts';
import { ask, failed, findingsOf, type HostedCaller, type Opinion, UNREADABLE } from './ask.ts';
import { fitPicture } from './fit-picture.ts';

export interface OpenaiModerationSettings {
  readonly apiKey: string;
  /** Default `https://api.openai.com/v1`. */
  readonly baseUrl?: string;
  /** Default `omni-moderation-latest`; the older text-only models cannot look at pictures. */
  readonly model?: string;
}

const NAME = 'openai-moderation';

/** A category that is not here is new: `general`, so that it is seen. */
const CATEGORY: Readonly<Record<string, Category>> = {
  sexual: 'adult',
  'sexual/minors': 'minor_protection',
  violence: 'violence',
  'violence/graphic': 'violence',
  'self-harm': 'violence',
  'self-harm/intent': 'violence',
  'self-harm/instructions': 'violence',
  'illicit/violent': 'violence',
  illicit: 'general',
  hate: 'general',
  'hate/threatening': 'general',
  harassment: 'general',
  'harassment/threatening': 'general',
};

const Result = Type.Object({
  categories: Type.Record(Type.String(), Type.Union([Type.Boolean(), Type.Null()])),
  category_scores: Type.Record(Type.String(), Type.Union([Type.Number(), Type.Null()])),
  category_applied_input_types: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
});
type Result = Static<typeof Result>;
const isAnswer = guard(Type.Object({ results: Type.Array(Result, { minItems: 1 }) }));

export function createOpenaiModeration(settings: OpenaiModerationSettings, caller: HostedCaller): Detector {
  const { apiKey, baseUrl = 'https://api.openai.com/v1', model = 'omni-moderation-latest' } = settings;
  return {
    name: NAME,
    looksAt: ['text', 'image', 'video_frame'],
    async detect(subject, signal) {
      const input = await inputOf(subject);
      if (!Array.isArray(input)) return input;
      const question = {
        url: `${baseUrl}/moderations`,
        headers: { authorization: `Bearer ${apiKey}` },
        body: { model, input },
      };
      const asked = await ask(caller, question, signal);
      if (asked.kind === 'failed') return asked;
      if (!isAnswer(asked.body)) return UNREADABLE;
      const { results } = asked.body;
      if (!results.every((result) => hasLooked(result, subject)))
        return failed('did not say that it has looked at all that it was shown');
      return findingsOf(NAME, subject, results.flatMap(opinionsOf));
    },
  };
}

/** One picture a call: the endpoint takes no more. */
async function inputOf(subject: Subject) {
  if (subject.kind === 'text') return [{ type: 'text', text: subject.text }];
  const picture = await fitPicture(subject.bytes);
  if (picture.kind === 'failed') return picture;
  return [{ type: 'image_url', image_url: { url: `data:image/jpeg;base64,${picture.base64}` } }];
}

/**
 * A model, or a copy of the endpoint, that ignores pictures answers with clean scores all the same: only the applied input
 * types tell. Text needs the scores alone, which the text-only models give too.
 */
function hasLooked({ category_scores, category_applied_input_types }: Result, { kind }: Subject): boolean {
  if (typeof category_scores.sexual !== 'number' || typeof category_scores.violence !== 'number')
    return false;
  if (kind === 'text') return true;
  return ['sexual', 'violence'].every((category) => {
    const applied = category_applied_input_types?.[category];
    return Array.isArray(applied) && applied.includes('image');
  });
}

/** Minors: its own flag is what counts as sure, for its thresholds are tuned for each category. */
function opinionsOf({ categories, category_scores }: Result): Opinion[] {
  return Object.entries(category_scores).map(([label, score]) => ({
    category: CATEGORY[label] ?? 'general',
    score: score ?? 0,
    rule: label,
    why: categories[label] === true ? `${label}, flagged` : label,
    absolute: label === 'sexual/minors' && categories[label] === true,
  }));
}
