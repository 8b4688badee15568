/**
 * Azure AI Content Safety: four kinds of harm in texts and pictures, each with a severity. Facts: Microsoft's REST reference
 * (2023-10-01, 2024-09-01) and its page on limits: 10,000 characters a text; pictures of 50 to 7,200 pixels and 4 MB.
 */
import { Type } from 'typebox';
import { guard } from '../../guard.ts';
import type { Category, Detector, DetectorOutcome, Subject } from '../detector.ts';
import { ask, failed, findingsOf, type HostedCaller, type Opinion, UNREADABLE } from './ask.ts';
import { fitPicture } from './fit-picture.ts';

export interface AzureSettings {
  readonly apiKey: string;
  /** The resource's: `https://<name>.cognitiveservices.azure.com`. */
  readonly baseUrl: string;
}

const NAME = 'azure-content-safety';
const VERSION = '2024-09-01';
const MAX_CHARACTERS = 10_000;
/** What stands across a cut is seen in the second part. */
const OVERLAP = 200;

const CATEGORY: Readonly<Record<string, Category>> = {
  Sexual: 'adult',
  Violence: 'violence',
  SelfHarm: 'violence',
  Hate: 'general',
};

/**
 * Severities are levels, not probabilities. "Medium" (4), from where Microsoft's own filters block by default, is put just above
 * our default threshold, "low" (2) well below it. The odd levels exist only where eight are asked for.
 */
const SCORE = [0, 0.2, 0.4, 0.6, 0.75, 0.85, 0.95, 1];

const isAnswer = guard(
  Type.Object({
    categoriesAnalysis: Type.Array(
      Type.Object({
        category: Type.String(),
        severity: Type.Optional(Type.Union([Type.Number(), Type.Null()])),
      }),
    ),
  }),
);

export function createAzureContentSafety({ apiKey, baseUrl }: AzureSettings, caller: HostedCaller): Detector {
  const question = (what: 'text' | 'image', body: Readonly<Record<string, unknown>>) => ({
    url: `${baseUrl}/contentsafety/${what}:analyze?api-version=${VERSION}`,
    headers: { 'ocp-apim-subscription-key': apiKey },
    body,
  });
  return {
    name: NAME,
    looksAt: ['text', 'image', 'video_frame'],
    async detect(subject, signal) {
      const questions = await questionsOf(subject);
      if (questions.kind === 'failed') return questions;
      const opinions: Opinion[] = [];
      for (const body of questions.bodies) {
        const asked = await ask(caller, question(questions.what, body), signal);
        const read = asked.kind === 'failed' ? asked : opinionsOf(asked.body);
        if (!Array.isArray(read)) return read;
        opinions.push(...read);
      }
      return findingsOf(NAME, subject, opinions);
    },
  };
}

async function questionsOf(subject: Subject) {
  if (subject.kind === 'text') {
    const bodies = partsOf(subject.text).map((text) => ({ text, outputType: 'FourSeverityLevels' }));
    return { kind: 'asking', what: 'text', bodies } as const;
  }
  const picture = await fitPicture(subject.bytes);
  if (picture.kind === 'failed') return picture;
  const body = { image: { content: picture.base64 }, outputType: 'FourSeverityLevels' };
  return { kind: 'asking', what: 'image', bodies: [body] } as const;
}

/** Counted in code points; at least one part. */
function partsOf(text: string): readonly string[] {
  const points = [...text];
  const parts: string[] = [];
  let start = 0;
  do {
    parts.push(points.slice(start, start + MAX_CHARACTERS).join(''));
    start += MAX_CHARACTERS - OVERLAP;
  } while (start + OVERLAP < points.length);
  return parts;
}

/** A kind of harm that is missing, or has no severity, was not looked for. */
function opinionsOf(body: unknown): Opinion[] | DetectorOutcome {
  if (!isAnswer(body)) return UNREADABLE;
  const severities = new Map(body.categoriesAnalysis.map(({ category, severity }) => [category, severity]));
  const missing = Object.keys(CATEGORY).find((category) => typeof severities.get(category) !== 'number');
  if (missing !== undefined) return failed(`gave no severity for ${missing}`);
  return [...severities].map(([label, severity]) => ({
    category: CATEGORY[label] ?? 'general',
    score: SCORE[Math.min(7, Math.max(0, Math.round(severity ?? 0)))] ?? 1,
    rule: label,
    why: `${label}, severity ${severity}`,
  }));
}
