/**
 * The operator's gallery: pictures of people whose likeness shall be noticed. Each is read once, at the start, in a thread that ends
 * afterwards; what is kept is a descriptor for each, in memory, for as long as the process runs.
 *
 * A gallery with a fault is not used in part: whoever is missing from it would pass.
 */
import { isInstalled } from './libraries.ts';
import type { Descriptor, Person } from './likeness.ts';
import type { Described } from './look.ts';
import { openThread, type ThreadOptions } from './thread-in-turn.ts';

export interface GalleryPicture {
  readonly label: string;
  /** Called once, when its turn has come: one picture in memory at a time. */
  read(): Promise<Uint8Array>;
}

export type GalleryFault =
  /** `unreadable`: `read` rejected. */
  | { readonly kind: 'unreadable' | 'not_a_picture' | 'no_face' }
  | { readonly kind: 'several_faces'; readonly count: number }
  /** Pixels of the square around the head. */
  | { readonly kind: 'small_face'; readonly side: number; readonly least: number };

export type GalleryOutcome =
  | { readonly kind: 'read'; readonly people: readonly Person[] }
  /** By the pictures' places in the list. */
  | {
      readonly kind: 'faulty';
      readonly faults: readonly { readonly at: number; readonly fault: GalleryFault }[];
    };

/** Of 60 pixels 85 % were known again at the default threshold, of 100 pixels 88 %, of 30 half. */
const LEAST_SIDE = 60;

const TIMEOUT_MS = 120_000;
const NOT_A_PICTURE = { kind: 'not_a_picture' } as const;

/** Rejects where the models are not installed, or the thread breaks. */
export async function readGallery(
  pictures: readonly GalleryPicture[],
  options: ThreadOptions = {},
): Promise<GalleryOutcome> {
  if (options.thread === undefined && !isInstalled())
    throw new Error('The local moderation models are not installed. Run `npm run moderation:install` once.');
  // Nobody waits for a picture of a client here, so that a slow start of a busy machine is not taken for a broken thread.
  const thread = openThread({ people: [] }, { timeoutMs: TIMEOUT_MS, ...options });
  const known = new Map<string, Descriptor[]>();
  const faults: { at: number; fault: GalleryFault }[] = [];
  const never = new AbortController().signal;
  try {
    for (const [at, { label, read }] of pictures.entries()) {
      const bytes = await read().catch(() => null);
      if (bytes === null) {
        faults.push({ at, fault: { kind: 'unreadable' } });
        continue;
      }
      const answer = await thread.ask({ kind: 'describe', bytes }, never);
      if (answer.kind === 'failed')
        throw new Error(`The likeness gallery could not be read: ${answer.reason}`);
      const face = answer.kind === 'described' ? theFace(answer.faces) : NOT_A_PICTURE;
      if (face.kind === 'face') known.set(label, [...(known.get(label) ?? []), face.descriptor]);
      else faults.push({ at, fault: face });
    }
  } finally {
    await thread.close();
  }
  if (faults.length > 0) return { kind: 'faulty', faults };
  return { kind: 'read', people: [...known].map(([label, descriptors]) => ({ label, descriptors })) };
}

function theFace(
  faces: readonly Described[],
): GalleryFault | { readonly kind: 'face'; readonly descriptor: Descriptor } {
  const [face, ...others] = faces;
  if (face === undefined) return { kind: 'no_face' };
  if (others.length > 0) return { kind: 'several_faces', count: faces.length };
  const { side, descriptor } = face;
  return side < LEAST_SIDE ? { kind: 'small_face', side, least: LEAST_SIDE } : { kind: 'face', descriptor };
}
