/**
 * Names and paths from strangers. They are shown, listed and put into links, and never name a file of this machine: bytes are kept
 * under the upload's id. What a client chose on purpose (`file_name`, `upload_path`) is refused where it is not plain; what came
 * along by itself (the name in a multipart part, the end of a URL) is cleaned.
 */
import { formatNamed, formatOfMimeType } from '../media/formats.ts';
import { badRequest, type Refused } from './refusal.ts';

/** UTF-8 bytes: what file systems, where the file will be saved one day, take at most is 255. */
const MAX_NAME = 200;
const MAX_PATH = 400;
const MAX_DEPTH = 10;

/**
 * Control, private and unassigned characters, line ends, lone surrogates; what turns the direction of writing or cannot be seen
 * (but for the joiners, which Persian and emoji need); what separates folders; what Windows or a shell reads as something else.
 */
const NOT_PLAIN = /[\p{Cc}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Bidi_Control}\u200b\u2060\ufeff/\\:*?"<>|]/u;
const EVERY_NOT_PLAIN = new RegExp(NOT_PLAIN, 'gu');

export interface PlainName {
  readonly kind: 'plain';
  readonly text: string;
}

/** A `file_name` as the client chose it. */
export function readFileName(given: string, field = 'file_name'): PlainName | Refused {
  const text = given.normalize('NFC').trim();
  const problem = problemOf(text, MAX_NAME);
  if (problem === null) return { kind: 'plain', text };
  return badRequest(field, `\`${field}\` ${problem}.`, 'Give a plain file name such as `photo.jpg`.');
}

/** `images/2026`, without a slash at either end; empty for the top. */
export function readUploadPath(given: string, field = 'upload_path'): PlainName | Refused {
  const text = given
    .normalize('NFC')
    .trim()
    .replace(/^\/+|\/+$/g, '');
  if (text === '') return { kind: 'plain', text };
  const parts = text.split('/');
  const problem =
    Buffer.byteLength(text) > MAX_PATH
      ? `is longer than ${MAX_PATH} bytes`
      : parts.length > MAX_DEPTH
        ? `has more than ${MAX_DEPTH} parts`
        : parts.map((part) => problemOf(part, MAX_NAME)).find((found) => found !== null);
  if (problem === undefined || problem === null) return { kind: 'plain', text };
  return badRequest(
    field,
    `\`${field}\` ${problem}.`,
    'Give parts of letters and digits separated by `/`, such as `images/2026`.',
  );
}

/** Whatever it was, a plain name or nothing is left of it. */
export function cleanName(given: string): string {
  const last = given.toWellFormed().normalize('NFC').split(/[/\\]/).at(-1) ?? '';
  let name = last
    .replace(EVERY_NOT_PLAIN, '')
    .trim()
    .replace(/^\.+/, '')
    .replace(/[. ]+$/, '');
  while (Buffer.byteLength(name) > MAX_NAME) name = [...name].slice(1).join('');
  return problemOf(name, MAX_NAME) === null ? name : '';
}

/** The last part of a URL's path, for a name; empty where there is none. */
export function nameInUrl(url: string): string {
  if (!URL.canParse(url)) return '';
  const last = new URL(url).pathname.split('/').at(-1) ?? '';
  try {
    return cleanName(decodeURIComponent(last));
  } catch {
    return cleanName(last);
  }
}

/**
 * The name with an extension that tells the truth: whatever saves or opens the file by its name (an upstream, a desktop) must
 * not take a picture for a program or a page. Containers of video and audio overlap, so either's extension is true of both.
 */
export function withTrueExtension(name: string, mimeType: string): string {
  const format = formatOfMimeType(mimeType);
  const extension = format?.extension ?? 'bin';
  const own = /\.([^.]+)$/.exec(name)?.[1];
  const named = own === undefined ? null : formatNamed(own);
  if (format && named) {
    const isTrue = format.kind === 'image' ? named.name === format.name : named.kind !== 'image';
    if (isTrue) return name;
  }
  return `${name}.${extension}`;
}

function problemOf(text: string, maxBytes: number): string | null {
  if (text === '') return 'is empty, or has an empty part';
  if (Buffer.byteLength(text) > maxBytes) return `has a part longer than ${maxBytes} bytes`;
  if (NOT_PLAIN.test(text)) return 'holds a character that file names cannot have everywhere';
  if (/^\.|[. ]$/.test(text)) return 'has a part that begins with a dot, or ends with a dot or a space';
  return null;
}
