/** What runs in a decoding process: one job in, one member of a closed union out. Libraries load with the first job that needs them. */

import type { DecodeJob, DecodeResult } from './decode-job.ts';
import { formatNamed } from './formats.ts';

// Libraries tell the console what is wrong with a file (libheif, mediabunny). In this process nobody else writes there, and a
// client must not fill a log.
console.log = () => {};
console.warn = () => {};
console.error = () => {};

export default async function decode({ source, format, repair }: DecodeJob): Promise<DecodeResult> {
  if (repair) return (await import('./repair-image.ts')).repairImage(source, format, repair);
  switch (formatNamed(format)?.depth) {
    case 'decoded':
      return (await import('./decode-image.ts')).decodeImage(source, format);
    case 'probed':
      return (await import('./probe-tracks.ts')).probeTracks(source, format);
    default:
      return { kind: 'unsupported', format };
  }
}
