/** What generateContent answers with HTTP 200: a picture, or one of the many ways to have none. Facts: as in gemini.ts. */
import { json, type Reply, type Scenario } from './emulator.ts';
import type { Ends } from './gemini-errors.ts';
import { mediaBytes } from './media.ts';

interface Answer {
  readonly body: Readonly<Record<string, unknown>>;
  readonly description: string;
  readonly ends: Ends | 'completed';
}

const EMPTY: Readonly<Record<string, Answer>> = {
  blocked_prompt: {
    body: { promptFeedback: { blockReason: 'PROHIBITED_CONTENT' } },
    description: 'The prompt is blocked: no candidates at all.',
    ends: { code: 'content_policy_violation', subtype: 'general' },
  },
  image_safety: finished(
    'IMAGE_SAFETY',
    'Unable to show the generated image. The image was filtered out because it violated our policies.',
    { code: 'content_policy_violation', subtype: 'general' },
  ),
  prohibited: finished('PROHIBITED_CONTENT', undefined, {
    code: 'content_policy_violation',
    subtype: 'general',
  }),
  third_party: finished(
    'IMAGE_PROHIBITED_CONTENT',
    'Unable to generate the image because of the interests of third-party content providers.',
    { code: 'content_policy_violation', subtype: 'third_party_content' },
  ),
  recitation: finished('IMAGE_RECITATION', undefined, {
    code: 'content_policy_violation',
    subtype: 'third_party_content',
  }),
  image_other: finished('IMAGE_OTHER', 'Unable to show the generated image. Try rephrasing the prompt.', {
    code: 'generation_failed_no_content',
    subtype: 'poor_prompt',
  }),
  no_image: finished('NO_IMAGE', undefined, {
    code: 'generation_failed_no_content',
    subtype: 'empty_result',
  }),
  only_text: {
    body: {
      candidates: [
        {
          content: { role: 'model', parts: [{ text: 'I cannot draw that, but here is an idea.' }] },
          finishReason: 'STOP',
          index: 0,
        },
      ],
    },
    description: 'A refusal in prose, with the reason STOP.',
    ends: { code: 'generation_failed_no_content' },
  },
  null_parts: {
    body: { candidates: [{ content: { role: 'model', parts: null }, finishReason: 'STOP', index: 0 }] },
    description: 'A success whose parts are null.',
    ends: { code: 'generation_failed_no_content' },
  },
  new_reason: finished('IMAGE_TOO_PUZZLING', undefined, { code: 'generation_failed_no_content' }),
  draft: {
    body: {
      candidates: [
        {
          content: {
            role: 'model',
            parts: [
              { thought: true, inlineData: { mimeType: 'image/png', data: 'ZHJhZnQ=' } },
              picturePart(),
            ],
          },
          finishReason: 'STOP',
          index: 0,
        },
      ],
    },
    description: 'A draft from thinking comes before the picture.',
    ends: 'completed',
  },
};

export const PICTURE_SCENARIOS: readonly Scenario[] = Object.entries(EMPTY).map(
  ([name, { description, ends }]) => ({ name, description, ends }),
);

export function answerFor(scenario: string | null, model: string): Reply {
  const special = scenario === null ? undefined : EMPTY[scenario];
  const body = special?.body ?? {
    candidates: [
      {
        content: { role: 'model', parts: [{ text: 'Here it is.' }, picturePart()] },
        finishReason: 'STOP',
        index: 0,
      },
    ],
  };
  return json(200, {
    ...body,
    usageMetadata: { promptTokenCount: 8, totalTokenCount: 1298 },
    modelVersion: model,
    responseId: 'sandbox',
  });
}

function picturePart() {
  const data = mediaBytes('/media/picture.png').toString('base64');
  return { inlineData: { mimeType: 'image/png', data } };
}

function finished(finishReason: string, finishMessage: string | undefined, ends: Ends): Answer {
  const candidate = { content: {}, finishReason, index: 0 };
  return {
    body: { candidates: [finishMessage === undefined ? candidate : { ...candidate, finishMessage }] },
    description: `No picture, and the reason ${finishReason}.`,
    ends,
  };
}
