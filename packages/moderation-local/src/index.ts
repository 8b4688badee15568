/**
 * Local moderation: models that look at pictures on this machine, without network. Read this first.
 *
 *   picture -> thread-in-turn.ts -> thread.ts (one worker thread: libraries.ts, nudity.ts, faces.ts, likeness.ts, checked by
 *   self-test.ts) -> look.ts -> numbers
 *
 * What the numbers mean for a task is the gateway's business (`moderation/local-images.ts` there). Whatever is not looked at is
 * `failed`, never clean. Whose faces are known is gallery.ts's business, and nobody's where there is no gallery.
 */
import { isInstalled } from './libraries.ts';
import type { Person } from './likeness.ts';
import type { Look } from './look.ts';
import { openThread, type ThreadOptions } from './thread-in-turn.ts';

export { type GalleryFault, type GalleryOutcome, type GalleryPicture, readGallery } from './gallery.ts';
export type { Alike, Person } from './likeness.ts';
export type { Look } from './look.ts';
export type { NudityScores } from './nudity.ts';

export type Looked =
  | { readonly kind: 'looked'; readonly look: Look }
  /** `reason` is for the operator. */
  | { readonly kind: 'failed'; readonly reason: string };

export interface Looker {
  /** One picture at a time; the others wait. Never rejects. `bytes` are copied. */
  look(bytes: Uint8Array, signal: AbortSignal): Promise<Looked>;
  /** Ends the thread; who waits is told `failed`. */
  close(): Promise<void>;
}

export interface LookerOptions extends ThreadOptions {
  /** Whose faces are known, as `readGallery` gives them. Without it faces are found and compared with nobody's. */
  readonly people?: readonly Person[];
}

/** Throws where the models were not installed. */
export function createLooker({ people, ...options }: LookerOptions = {}): Looker {
  if (options.thread === undefined && !isInstalled())
    throw new Error('The local moderation models are not installed. Run `npm run moderation:install` once.');
  const thread = openThread({ people: people ?? null }, options);
  return {
    async look(bytes, signal) {
      const answer = await thread.ask({ kind: 'look', bytes }, signal);
      if (answer.kind === 'looked' || answer.kind === 'failed') return answer;
      return { kind: 'failed', reason: 'the picture could not be looked at' };
    },
    close: () => thread.close(),
  };
}
