/** What a file is, by its first bytes. Names and `Content-Type` headers are never looked at: they are what the sender claims. */
import { fileTypeFromBuffer } from 'file-type';
import { looksLikeWebPage } from '../net/web-page.ts';
import { formatNamed, formatOfMimeType, type MediaFormat } from './formats.ts';

/** Enough for every format of the table. */
const SNIFF_BYTES = 4096;

export type Sniffed =
  | { readonly kind: 'media'; readonly format: MediaFormat }
  /** `label` says what it is to a person: "a web page", "a ZIP file". */
  | {
      readonly kind: 'not_media';
      readonly what: 'empty' | 'web_page' | 'text' | 'other';
      readonly label: string;
    };

export async function sniff(file: Uint8Array): Promise<Sniffed> {
  const head = file.subarray(0, SNIFF_BYTES);
  if (head.byteLength === 0) return { kind: 'not_media', what: 'empty', label: 'an empty file' };
  const own = byOwnMarks(head);
  if (own) return { kind: 'media', format: own };
  if (looksLikeWebPage(head)) return { kind: 'not_media', what: 'web_page', label: 'a web page' };

  const found = await recognised(head);
  const format = found ? formatOfMimeType(found.mime) : null;
  // Two letters make no bitmap: "BM" is how many a text begins.
  if (format && !(format.name === 'bmp' && !claimsToBeBitmap(head))) return { kind: 'media', format };
  if (found && !format) {
    const isMedia = /^(image|video|audio)\//.test(found.mime);
    const label = `${isMedia ? 'media of an unsupported kind' : 'a file of another kind'} (${found.ext})`;
    return { kind: 'not_media', what: 'other', label };
  }
  return isText(head)
    ? { kind: 'not_media', what: 'text', label: 'plain text' }
    : { kind: 'not_media', what: 'other', label: 'data of no known format' };
}

/** file-type reads hostile bytes too: what makes it stumble is simply not recognised. */
async function recognised(head: Uint8Array): Promise<{ mime: string; ext: string } | null> {
  try {
    return (await fileTypeFromBuffer(head)) ?? null;
  } catch {
    return null;
  }
}

/**
 * Those file-type misses in a prefix: TIFF needs the whole file there, SVG is only text to it, and an AVIF that calls itself by
 * the name of the family first ("mif1") is a HEIC to it.
 */
function byOwnMarks(head: Uint8Array): MediaFormat | null {
  const latin1 = Buffer.from(head).toString('latin1');
  if (/^(II\*\0|MM\0\*|II\+\0|MM\0\+)/.test(latin1) && !/^II\*\0.{4}CR/s.test(latin1))
    return formatNamed('tiff');
  const brands = /^.{4}ftyp(?:mif1|msf1)/s.test(latin1) ? latin1.slice(16, head[3]) : '';
  if (/avi[fs]/.test(brands) && !/hei[cx]/.test(brands)) return formatNamed('avif');
  const text = latin1.replace(/^\xef\xbb\xbf/, '').trimStart();
  const isMarkup = text.startsWith('<');
  if (isMarkup && /^(<\?xml|<!--|<!doctype svg|<svg)/i.test(text) && /<(\w+:)?svg[\s>]/i.test(text)) {
    return formatNamed('svg');
  }
  return null;
}

/** The length of the header behind the file header: 12 to 124 in every version there was. */
function claimsToBeBitmap(head: Uint8Array): boolean {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  return bytes.byteLength >= 18 && bytes.readUInt32LE(14) >= 12 && bytes.readUInt32LE(14) <= 124;
}

/** No byte that text never holds. */
function isText(head: Uint8Array): boolean {
  return head.every((byte) => byte >= 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d);
}
