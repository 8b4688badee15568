/** Every ten minutes, what has expired goes. */
import type { Logger } from 'pino';
import type { Clock } from '../clock.ts';
import { type Recurring, recurring } from '../recurring.ts';
import type { Uploads } from './uploads.ts';

const EVERY_MS = 10 * 60_000;

export function startUploadSweeper(
  uploads: Pick<Uploads, 'sweep'>,
  { clock, log }: { readonly clock: Clock; readonly log: Pick<Logger, 'error'> },
): Recurring {
  return recurring(
    { clock, everyMs: EVERY_MS },
    () => uploads.sweep(),
    (error) => log.error({ err: error }, 'the sweep of uploads failed; it comes again'),
  );
}
