/** From a job's parameters to the fields of an Images API request, or to why it cannot be sent. Pure. */
import type { JsonObject, JsonValue } from '../../json.ts';
import type { InputMedia, SubmitJob } from '../adapter.ts';
import { spoken } from '../translation.ts';
import type { Unsupported } from '../unsupported.ts';
import { familyOf, type ImageFamily } from './families.ts';
import { pixelSize } from './sizes.ts';

/** Pictures that one edit takes. */
const MOST_INPUTS = 16;
const MOST_MASK_BYTES = 4 * 1024 * 1024;

export type Fields =
  | { readonly kind: 'fields'; readonly fields: JsonObject }
  | { readonly kind: 'refused'; readonly why: Unsupported };

export function fieldsOf(job: SubmitJob): Fields {
  const family = familyOf(job.upstreamModel);
  const { ours, theirs } = spoken(job.params, job.mapping);
  // The API has no seeds. A seed asks for the same again "where the model can", so it is no reason to refuse.
  const { prompt = '', size, resolution, quality, n, output_format, negative_prompt, seed, ...rest } = ours;
  const pixels = Object.hasOwn(theirs, 'size') ? null : pixelSize(family, { size, resolution });
  if (typeof pixels === 'object' && pixels !== null) return { kind: 'refused', why: pixels };
  const format = output_format === 'jpg' ? 'jpeg' : output_format;
  const why =
    checkChoices(family, { quality, n, output_format: format, negative_prompt }) ?? checkInputs(job.inputs);
  if (why) return { kind: 'refused', why };
  const fields = {
    model: job.upstreamModel,
    prompt,
    ...(pixels === null ? {} : { size: pixels }),
    ...(family.asksForBytes ? { response_format: 'b64_json' } : {}),
    ...given({ quality, n, ...(family.asksForBytes ? {} : { output_format: format }) }),
    ...rest,
    ...theirs,
  };
  return { kind: 'fields', fields };
}

function checkChoices(
  family: ImageFamily,
  asked: Readonly<Record<'quality' | 'n' | 'output_format' | 'negative_prompt', JsonValue | undefined>>,
): Unsupported | null {
  const { quality, n, output_format, negative_prompt } = asked;
  if (negative_prompt !== undefined)
    return refuse('negative_prompt', 'This model has no negative prompt. Say in `prompt` what to leave out.');
  if (!isOneOf(family.qualities, quality))
    return refuse('quality', `\`quality\` must be one of: ${family.qualities?.join(', ')}.`);
  if (!isOneOf(family.formats, output_format))
    return refuse('output_format', `\`output_format\` must be one of: ${family.formats?.join(', ')}.`);
  if (typeof n === 'number' && n > family.most)
    return refuse('n', `This model makes at most ${family.most} in one request.`);
  return null;
}

/** What the Images API says of the pictures to be edited; what one picture may be is checked by the model's definition. */
function checkInputs(inputs: readonly InputMedia[]): Unsupported | null {
  const pictures = inputs.filter(({ param }) => param === 'image_urls');
  const mask = inputs.find(({ param }) => param === 'mask_url');
  const strange = inputs.find(({ kind }) => kind !== 'image');
  if (strange)
    return refuse(strange.param, `This model takes pictures only. Leave \`${strange.param}\` out.`);
  if (pictures.length > MOST_INPUTS)
    return refuse(`image_urls[${MOST_INPUTS}]`, `At most ${MOST_INPUTS} pictures can be given.`);
  if (!mask) return null;
  const [first] = pictures;
  if (!first) return refuse('mask_url', 'A mask needs the picture that it covers, in `image_urls`.');
  if (mask.mimeType !== 'image/png' || mask.bytes >= MOST_MASK_BYTES)
    return refuse('mask_url', 'A mask must be a PNG of less than 4 MB.');
  if (mask.width !== first.width || mask.height !== first.height)
    return refuse('mask_url', 'A mask must have exactly the size of the first picture.');
  return null;
}

function isOneOf(offered: readonly string[] | null, value: JsonValue | undefined): boolean {
  return offered === null || value === undefined || (typeof value === 'string' && offered.includes(value));
}

/** Without what was not given. */
function given(fields: Readonly<Record<string, JsonValue | undefined>>): JsonObject {
  const kept: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) kept[name] = value;
  return kept;
}

const refuse = (param: string, message: string): Unsupported => ({ param, message });
