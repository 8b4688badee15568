/** Pictures for those who read no more than libvips does, such as the detectors of moderation. */
import type { MediaChecker } from './checker.ts';
import type { RepairRequest } from './decode-job.ts';
import { formatOfMimeType, isForeign } from './formats.ts';

const AS_JPEG: RepairRequest = {
  ops: ['convert'],
  formats: ['jpeg'],
  maxBytes: null,
  size: { limits: {}, exact: null },
  isMask: false,
  cropTo: 'middle',
};

/** Null where such a picture can be read as it is; else what makes a JPEG of it. What cannot be decoded comes back as it was. */
export function translator(checker: Pick<MediaChecker, 'repair'>) {
  return (mimeType: string): ((bytes: Uint8Array) => Promise<Uint8Array>) | null => {
    const format = formatOfMimeType(mimeType)?.name;
    if (format === undefined || !isForeign(format)) return null;
    return async (bytes) => {
      const outcome = await checker.repair(bytes, format, AS_JPEG);
      return outcome.kind === 'repaired' ? outcome.data : bytes;
    };
  };
}
