/** The parameter at fault, in our own names where an upstream's name is one that many use. */
import type { Signals } from './signals.ts';

/** The parameters of the wire (contract.md 1) but for media, which take an index. */
export const OWN_PARAMS: ReadonlySet<string> = new Set([
  'model',
  'prompt',
  'negative_prompt',
  'seed',
  'size',
  'resolution',
  'quality',
  'n',
  'output_format',
  'duration',
  'aspect_ratio',
  'generate_audio',
  'mask_url',
  'voice',
  'text',
  'style',
  'title',
  'custom_mode',
  'instrumental',
  'negative_tags',
  'vocal_gender',
]);

/**
 * Our name, and the names providers have for it; the first that fits. Settings before the media they are about: `image_size` is no
 * picture. Media take an index: `input_image_2`, `content[5]`, "image 2".
 */
const NAMES: readonly (readonly [string, RegExp])[] = [
  ['n', /^(?:num|number_?of|max)_?images$|^image_?count$|sampleCount/i],
  ['size', /^(?:image_?)?(?:size|width|height)$/i],
  ['generate_audio', /^(?:generate|with|enable)_?(?:audio|sound)$|^sound$/i],
  ['negative_prompt', /negative/i],
  ['mask_url', /mask/i],
  ['image_urls', /image|img|frame(?!s?_?(?:rate|per))|picture|photo|promptImage|input_reference/i],
  ['video_urls', /video(?!_?duration|_?length)/i],
  ['audio_urls', /audio/i],
  ['output_format', /^output_?format$|mime/i],
  ['aspect_ratio', /aspect_?ratio|^ratio$/i],
  ['duration', /duration|seconds/i],
  ['prompt', /prompt|description/i],
  ['model', /^model(?:_?name|_?id)$/i],
  ['voice', /voice/i],
];
const MEDIA = new Set(['image_urls', 'video_urls', 'audio_urls']);
/** Words before the real name in a path: `body.input.image_url`, `["body", "prompt"]`. */
const WRAPPERS =
  /^(?:body|input|inputs|parameters|params|request|instances|generationConfig|generation_config|imageConfig|\d+)$/i;

const IN_TEXT =
  /(?:parameter|param|field|argument|参数)[: ]+[`'"]([\w.[\]-]{1,60})[`'"]|^[`'"]?([a-z][\w.[\]]{1,40})[`'"]?: |invalid params?, ([a-z_]+):/i;
const NTH_IMAGE = /\b(image|video|audio)(?:[ _#]|s\[|\[)(\d{1,2})\]?(?![\d.]*[a-z%])/i;

export function paramOf(signals: Signals): string | null {
  const named = signals.params.find((param) => param !== '') ?? inSentences(signals.sentences);
  const nth = nthImage(signals.sentences);
  if (named === null || named === undefined) return nth;
  const own = ownName(named);
  return own === 'image_urls' || own === 'image_urls[0]' ? (nth ?? own) : own;
}

function inSentences(sentences: readonly string[]): string | null {
  for (const sentence of sentences) {
    const found = IN_TEXT.exec(sentence);
    const name = found?.[1] ?? found?.[2] ?? found?.[3];
    if (name !== undefined) return name;
  }
  return null;
}

/** "image 2" is the second: people count from one; `images[2]` is the third. */
function nthImage(sentences: readonly string[]): string | null {
  for (const sentence of sentences) {
    const found = NTH_IMAGE.exec(sentence);
    if (found?.[1] === undefined || found[2] === undefined) continue;
    const index = found[0].includes('[') ? Number(found[2]) : Number(found[2]) - 1;
    if (index >= 0) return `${found[1].toLowerCase()}_urls[${index}]`;
  }
  return null;
}

function ownName(path: string): string {
  const parts = path.split(/[./]/).filter((part) => part !== '' && !WRAPPERS.test(part));
  const name = parts[0] ?? path;
  if (OWN_PARAMS.has(name)) return name;
  for (const [own, names] of NAMES) {
    if (!names.test(name)) continue;
    if (!MEDIA.has(own)) return own;
    return `${own}[${indexOf(path, name)}]`;
  }
  return path;
}

function indexOf(path: string, name: string): number {
  const bracketed = /\[(\d{1,2})\]|\.(\d{1,2})(?:\.|$)/.exec(path);
  const index = bracketed?.[1] ?? bracketed?.[2];
  if (index !== undefined) return Number(index);
  const numbered = /_(\d{1,2})$/.exec(name)?.[1];
  if (numbered !== undefined) return Math.max(0, Number(numbered) - 1);
  return /last|tail|end/i.test(name) ? 1 : 0;
}
