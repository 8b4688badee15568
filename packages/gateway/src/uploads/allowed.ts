/** Which files are taken: JPEG, PNG, GIF, WebP, any audio, any video; by what is in them. */
import { describeFormat, formatNamed } from '../media/formats.ts';
import type { Inspection } from '../media/inspection.ts';
import { badRequest, type Refused, refused } from './refusal.ts';

const IMAGES: ReadonlySet<string> = new Set(['jpeg', 'png', 'gif', 'webp']);

export interface Allowed {
  readonly kind: 'allowed';
  readonly mimeType: string;
}

export function judgeContent(inspection: Inspection): Allowed | Refused {
  switch (inspection.kind) {
    case 'image':
      return IMAGES.has(inspection.format)
        ? { kind: 'allowed', mimeType: inspection.mimeType }
        : notAllowed(describeFormat(inspection.format));
    case 'video':
    case 'audio':
      return { kind: 'allowed', mimeType: inspection.mimeType };
    case 'unsupported': {
      // Audio and video that no model here reads is still audio and video: an upstream may read it.
      const format = formatNamed(inspection.format);
      return format && format.kind !== 'image'
        ? { kind: 'allowed', mimeType: format.mimeType }
        : notAllowed(describeFormat(inspection.format));
    }
    case 'corrupt':
      return refused({ reason: 'damaged', why: inspection.why });
    case 'too_large':
      return refused({ reason: 'too_many_pixels', maxPixels: inspection.maxPixels });
    case 'not_media':
      return inspection.what === 'empty'
        ? badRequest('file', 'The file is empty.', 'Upload a file with something in it.')
        : notAllowed(inspection.label);
    default: {
      const never: never = inspection;
      return never;
    }
  }
}

function notAllowed(what: string): Refused {
  return refused({ reason: 'type_not_allowed', what });
}
