/**
 * OpenAI's moderation endpoint with the omni model. Facts: OpenAI's API reference and moderation guide, and the types of the
 * official Node client.
 */
import { json, type ProviderEmulator, type Reply, type Scenario } from './emulator.ts';
import {
  type Failures,
  failureScenarios,
  fieldOf,
  found,
  NOBODY_LOOKED,
  pictureFault,
  scenarioOf,
} from './moderation-picture.ts';
import { hasKey } from './openai-call.ts';
import { COMMON_REFUSALS, openaiError, page } from './openai-errors.ts';

const MAX_PICTURE_BYTES = 20 * 1024 * 1024;

/** Each with whether pictures are scored too. */
const CATEGORIES: Readonly<Record<string, boolean>> = {
  harassment: false,
  'harassment/threatening': false,
  hate: false,
  'hate/threatening': false,
  illicit: false,
  'illicit/violent': false,
  'self-harm': true,
  'self-harm/intent': true,
  'self-harm/instructions': true,
  sexual: true,
  'sexual/minors': false,
  violence: true,
  'violence/graphic': true,
};

const FLAGS: Readonly<Record<string, { readonly label: string; readonly ends: Scenario['ends'] }>> = {
  sexual: { label: 'sexual', ends: found('adult') },
  violence: { label: 'violence/graphic', ends: found('violence') },
  self_harm: { label: 'self-harm/intent', ends: found('violence') },
  minors: { label: 'sexual/minors', ends: found('minor_protection') },
  hate: { label: 'hate/threatening', ends: found('general') },
};

const FAILURES: Failures = {
  down: { reply: page(502, 'Bad Gateway'), description: 'The service is down.' },
  rate: { reply: COMMON_REFUSALS.rate?.reply ?? page(429, 'Rate'), description: 'Too many a minute.' },
  region: {
    reply: COMMON_REFUSALS.region?.reply ?? page(403, 'Region'),
    description: 'Not from this country.',
  },
  garbage: { reply: json(200, { ok: true }), description: 'An answer of another form.' },
  empty: { reply: json(200, { id: 'modr-1', model: 'omni', results: [] }), description: 'No result.' },
  cut_answer: { reply: { kind: 'hang_up', after: 'headers' }, description: 'The answer breaks off.' },
};

export function createOpenaiModeration(): ProviderEmulator {
  let looks = 0;
  return {
    provider: 'openai-moderation',
    scenarios: [
      ...Object.entries(FLAGS).map(([name, { label, ends }]) => ({
        name,
        description: `${label} is flagged.`,
        ends,
      })),
      {
        name: 'blind',
        description:
          'A model that ignores pictures: clean scores, and it says that text alone was looked at.',
        ends: NOBODY_LOOKED,
      },
      ...failureScenarios(FAILURES),
    ],
    jobsMade: () => looks,
    answer(call) {
      const [first] = inputsOf(call.body);
      const { scenario, path } = scenarioOf(call, fieldOf(first, 'text'));
      if (path !== '/v1/moderations' || call.method !== 'POST')
        return openaiError(404, { message: `Invalid URL (${call.method} ${path})` });
      if (!hasKey(call)) return COMMON_REFUSALS.bad_key?.reply ?? page(401, 'Unauthorized');
      const wrong = faultOf(call.body);
      if (wrong !== null) return openaiError(400, { message: wrong, param: 'input' });
      looks++;
      const failure = scenario === null ? undefined : FAILURES[scenario];
      if (failure) return failure.reply;
      const seen = fieldOf(first, 'type') === 'image_url' && scenario !== 'blind' ? 'image' : 'text';
      return resultOf(seen, scenario === null ? null : (FLAGS[scenario]?.label ?? null));
    },
  };
}

function inputsOf(body: unknown): readonly unknown[] {
  const input = fieldOf(body, 'input');
  if (typeof input === 'string') return [{ type: 'text', text: input }];
  return Array.isArray(input) ? input : [];
}

function faultOf(body: unknown): string | null {
  const inputs = inputsOf(body);
  if (inputs.length === 0) return "Missing required parameter: 'input'.";
  const pictures = inputs.filter((input) => fieldOf(input, 'type') === 'image_url');
  if (pictures.length > 1) return 'Too many images: only one image is supported per request.';
  for (const picture of pictures) {
    const url = fieldOf(fieldOf(picture, 'image_url'), 'url');
    const [, base64] = typeof url === 'string' ? (/^data:image\/[a-z]+;base64,(.*)$/s.exec(url) ?? []) : [];
    if (pictureFault(base64, MAX_PICTURE_BYTES) !== null) return 'Invalid image.';
  }
  return null;
}

function resultOf(seen: 'text' | 'image', flagged: string | null): Reply {
  const table = <T>(value: (category: string, scored: boolean) => T) =>
    Object.fromEntries(
      Object.entries(CATEGORIES).map(([category, pictures]) => [
        category,
        value(category, seen === 'text' || pictures),
      ]),
    );
  return json(200, {
    id: 'modr-sandbox',
    model: 'omni-moderation-2024-09-26',
    results: [
      {
        flagged: flagged !== null,
        categories: table((category, scored) => scored && category === flagged),
        category_scores: table((category, scored) => (!scored ? 0 : category === flagged ? 0.93 : 0.0004)),
        category_applied_input_types: table((_, scored) => (scored ? [seen] : [])),
      },
    ],
  });
}
