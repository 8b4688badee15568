/**
 * OpenAI's Images API: generations (JSON) and edits (a form), both synchronous. Facts from OpenAI's API reference, the official
 * Node client's types, and answers that users published. `openai-errors.ts` has the errors that the Videos API shares.
 */
import { type Call, json, type ProviderEmulator, type Reply, type Scenario, scenarioIn } from './emulator.ts';
import { mediaBytes, serveMedia } from './media.ts';
import { hasKey, type SentFields, sentFields } from './openai-call.ts';
import { COMMON_REFUSALS, type Ends, listed, openaiError, page, type Refusal } from './openai-errors.ts';

const REFUSALS: Readonly<Record<string, Refusal>> = {
  ...COMMON_REFUSALS,
  moderation_input: blocked(
    'Your request was rejected by the safety system.',
    { moderation_stage: 'input', categories: [] },
    'The prompt is blocked, without a category.',
    { code: 'content_policy_violation', subtype: 'general' },
  ),
  moderation_output: blocked(
    'Your request was rejected by the safety system. safety_violations=[violence].',
    { moderation_stage: 'output', categories: ['violence'] },
    'The finished picture is blocked.',
    { code: 'content_policy_violation', subtype: 'violence' },
  ),
  moderation_sexual: blocked(
    'Your request was rejected by the safety system. safety_violations=[sexual].',
    { moderation_stage: 'input', categories: ['sexual'] },
    'The prompt is blocked as sexual.',
    { code: 'content_policy_violation', subtype: 'adult' },
  ),
  dalle_policy: invalid(
    {
      message:
        'Your request was rejected as a result of our safety system. Your prompt may contain text that is not allowed.',
      code: 'content_policy_violation',
    },
    'The older wording of a block.',
    { code: 'content_policy_violation', subtype: 'general' },
  ),
  bad_size: invalid(
    {
      message:
        "Invalid value: '999x999'. Supported values are: '1024x1024', '1024x1536', '1536x1024', and 'auto'.",
      param: 'size',
      code: 'invalid_value',
    },
    'A size the model does not make.',
    { code: 'invalid_parameters', subtype: 'image_dimension' },
  ),
  bad_option: invalid(
    { message: "Unknown parameter: 'response_format'.", param: 'response_format', code: 'unknown_parameter' },
    'An option the model does not know.',
    { code: 'invalid_parameters', subtype: 'general' },
  ),
  bad_image: invalid(
    {
      message: 'Invalid image file or mode for image 1, please check your image file.',
      code: 'invalid_image_file',
    },
    'An input that cannot be read.',
    { code: 'image_processing_error', subtype: 'corrupted' },
  ),
  bad_mimetype: invalid(
    {
      message:
        "Invalid file 'image': unsupported mimetype ('image/gif'). Supported file formats are 'image/jpeg', 'image/png', and 'image/webp'.",
      code: 'unsupported_file_mimetype',
    },
    'An input of another format.',
    { code: 'image_processing_error', subtype: 'unsupported_format' },
  ),
  too_large: {
    reply: page(413, 'Request Entity Too Large'),
    description: 'The proxy in front finds the upload too large.',
    ends: { code: 'invalid_parameters', subtype: 'file_too_large' },
  },
  no_model: invalid(
    { message: "Invalid value: the model 'sandbox' does not exist.", param: 'model', code: 'invalid_value' },
    'A model that is not there.',
    { code: 'invalid_parameters' },
  ),
};

/** The call counts as made: a picture was paid for, whatever comes back. */
const PAID: Readonly<Record<string, { readonly reply: Reply } & Omit<Scenario, 'name'>>> = {
  lost_answer: {
    reply: { kind: 'hang_up', after: 'nothing' },
    description: 'The picture is made, and the connection breaks before the answer.',
    ends: { code: 'service_error' },
  },
  cut_answer: {
    reply: { kind: 'hang_up', after: 'headers' },
    description: 'The answer breaks in the middle of the picture.',
    ends: { code: 'service_error' },
  },
  gateway_timeout: {
    reply: page(504, 'Gateway Time-out'),
    description: 'A proxy gives up waiting, while the picture is made.',
    ends: { code: 'service_error' },
  },
  garbage: {
    reply: { kind: 'text', status: 200, type: 'text/html', body: '<html><body>Please sign in</body></html>' },
    description: 'A success that is a page of someone in between.',
    ends: { code: 'service_error' },
  },
  empty_result: {
    reply: json(200, { created: 1_700_000_000, data: [] }),
    description: 'A success without a picture.',
    ends: { code: 'generation_failed_no_content', subtype: 'empty_result' },
  },
};

const OTHERS: readonly Scenario[] = [
  {
    name: 'link',
    description: 'A picture as a link, as older models and copies of the API give it.',
    ends: 'completed',
  },
];

/** Sent by the models that give base64 in any case, and refuse to be asked for it. */
const GPT_IMAGE = /^(gpt-image|chatgpt-image)/;
const FIXED_SIZES = ['1024x1024', '1536x1024', '1024x1536', 'auto'];

export function createOpenai(): ProviderEmulator {
  let made = 0;
  return {
    provider: 'openai',
    scenarios: [
      ...listed(REFUSALS),
      ...Object.entries(PAID).map(([name, { description, ends }]) => ({ name, description, ends })),
      ...OTHERS,
    ],
    jobsMade: () => made,
    async answer(call) {
      const media = serveMedia(call);
      if (media) return media;
      if (!hasKey(call)) return replyOf('bad_key');
      const [, part] = /\/images\/(generations|edits)$/.exec(call.path) ?? [];
      if (part === undefined || call.method !== 'POST')
        return openaiError(404, { message: `Invalid URL (${call.method} ${call.path})` });
      const sent = await sentFields(call);
      const refused = check(sent, part);
      if (refused || sent === null)
        return refused ?? openaiError(400, { message: 'We could not parse the body of your request.' });
      const scenario = scenarioIn(sent.fields.prompt);
      const refusal = scenario === null ? undefined : REFUSALS[scenario];
      if (refusal) return refusal.reply;
      made++;
      const paid = scenario === null ? undefined : PAID[scenario];
      return paid ? paid.reply : pictures(sent.fields, scenario === 'link', call);
    },
  };
}

/** The checks that the real API makes of what adapters may get wrong. */
function check(sent: SentFields | null, part: string): Reply | null {
  if (sent === null) return null;
  const { prompt, model, response_format, size, n } = sent.fields;
  const wrong = (param: string, code: string, message: string) => openaiError(400, { message, param, code });
  if (typeof prompt !== 'string')
    return wrong('prompt', 'missing_required_parameter', "Missing required parameter: 'prompt'.");
  const isGpt = typeof model === 'string' && GPT_IMAGE.test(model);
  if (isGpt && response_format !== undefined) return replyOf('bad_option');
  if (
    /^(gpt-image-1|chatgpt)/.test(String(model)) &&
    size !== undefined &&
    !FIXED_SIZES.includes(String(size))
  )
    return replyOf('bad_size');
  if (!sent.form && n !== undefined && typeof n !== 'number')
    return wrong('n', 'invalid_type', "Invalid type for 'n': expected an integer, but got a string instead.");
  if (part === 'edits' && !sent.files.some(({ field }) => /^image(\[\])?$/.test(field)))
    return wrong('image', 'missing_required_parameter', "Missing required parameter: 'image'.");
  return null;
}

function pictures(fields: Readonly<Record<string, unknown>>, asLink: boolean, { origin }: Call): Reply {
  const picture = asLink
    ? { url: `${origin}/media/picture.png` }
    : { b64_json: mediaBytes('/media/picture.png').toString('base64') };
  const count = Math.max(1, Math.min(10, Number(fields.n ?? 1)));
  return json(200, {
    created: 1_700_000_000,
    background: 'opaque',
    data: Array.from({ length: count }, () => picture),
    output_format: 'png',
    quality: 'low',
    size: '1024x1024',
    usage: { input_tokens: 10, output_tokens: 272, total_tokens: 282 },
  });
}

function blocked(message: string, details: object, description: string, ends: Ends): Refusal {
  const error = {
    message: `${message} If you believe this is an error, contact us and include the request ID req_sandbox.`,
    type: 'image_generation_user_error',
    code: 'moderation_blocked',
    moderation_details: details,
  };
  return { reply: openaiError(400, error), description, ends };
}

function invalid(error: Parameters<typeof openaiError>[1], description: string, ends: Ends): Refusal {
  return { reply: openaiError(400, error), description, ends };
}

function replyOf(name: string): Reply {
  return REFUSALS[name]?.reply ?? openaiError(500, { message: 'no such scenario' });
}
