/**
 * The operator's gallery of people as it lies on the disk, and what an operator is told where it cannot be used. A sub-folder is one
 * person, and so is a picture beside the sub-folders; their names are the labels that stand in findings.
 *
 * The pictures go to the local models (packages/moderation-local) and nowhere else. Nothing that is computed from a face comes back
 * here to be read, is written to a disk, or is logged.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join, parse } from 'node:path';

export interface LikenessGallery {
  /** Absolute. */
  readonly folder: string;
  /** The cosine of two faces from which on they count as the same person's. */
  readonly threshold: number;
}

/** What goes to the package and comes back from it; the same shapes stand in its `gallery.ts`. */
export interface GalleryPicture {
  readonly label: string;
  read(): Promise<Uint8Array>;
}
export type GalleryFault =
  | { readonly kind: 'unreadable' | 'not_a_picture' | 'no_face' }
  | { readonly kind: 'several_faces'; readonly count: number }
  | { readonly kind: 'small_face'; readonly side: number; readonly least: number };
export type GalleryOutcome =
  | { readonly kind: 'read'; readonly people: People }
  | {
      readonly kind: 'faulty';
      readonly faults: readonly { readonly at: number; readonly fault: GalleryFault }[];
    };
/** Holds biometric data, in memory only; it goes back to the package as it came. */
export type People = readonly { readonly label: string }[];

interface Placed {
  readonly label: string;
  /** As the operator may look for it: from the gallery's folder on. */
  readonly file: string;
}

/** What a folder may hold beside pictures without being asked about: `.DS_Store`. */
const isHidden = (name: string) => name.startsWith('.');

/** Rejects with every file that cannot be used, and what to do about it. */
export async function openGallery(
  { folder }: LikenessGallery,
  read: (pictures: readonly GalleryPicture[]) => Promise<GalleryOutcome>,
): Promise<People> {
  const { pictures, faults } = await listed(folder);
  const outcome = await read(
    pictures.map(({ label, file }) => ({ label, read: () => readFile(join(folder, file)) })),
  );
  if (outcome.kind === 'faulty') {
    for (const { at, fault } of outcome.faults) faults.push(`${pictures[at]?.file} ${told(fault)}`);
  }
  if (faults.length === 0 && outcome.kind === 'read') return outcome.people;
  throw new Error(
    `The likeness gallery ${folder} cannot be used; a person missing from it would pass:\n${faults
      .map((fault) => `  ${fault}`)
      .join('\n')}`,
  );
}

async function listed(folder: string): Promise<{ pictures: Placed[]; faults: string[] }> {
  const entriesOf = async (path: string) => {
    const entries = await readdir(path, { withFileTypes: true }).catch(() => null);
    if (entries === null)
      throw new Error(
        `The folder ${path} of the likeness gallery cannot be read. Let the gateway's user read it.`,
      );
    return entries.filter(({ name }) => !isHidden(name)).sort((a, b) => (a.name < b.name ? -1 : 1));
  };
  const pictures: Placed[] = [];
  const faults: string[] = [];
  for (const entry of await entriesOf(folder)) {
    if (!entry.isDirectory()) {
      pictures.push({ label: parse(entry.name).name, file: entry.name });
      continue;
    }
    const own = await entriesOf(join(folder, entry.name));
    if (own.length === 0)
      faults.push(`${entry.name}/ is empty. Put a picture of the person into it, or remove it.`);
    for (const inner of own) {
      const file = join(entry.name, inner.name);
      if (inner.isDirectory())
        faults.push(`${file}/ is a folder within a person's. Move its pictures one up.`);
      else pictures.push({ label: entry.name, file });
    }
  }
  if (pictures.length === 0 && faults.length === 0)
    faults.push(
      'It is empty. Put a folder with pictures into it for each person, or remove `likeness_gallery`.',
    );
  return { pictures, faults };
}

function told(fault: GalleryFault): string {
  switch (fault.kind) {
    case 'unreadable':
      return "cannot be read. Let the gateway's user read it, or remove it.";
    case 'not_a_picture':
      return 'is no picture that can be decoded. Convert it to JPEG or PNG, or remove it.';
    case 'no_face':
      return 'shows no face that could be found. Take one from the front, upright, with the whole head in it.';
    case 'several_faces':
      return `shows ${fault.count} faces. Crop it to the one that is meant.`;
    case 'small_face':
      return `shows a head of ${fault.side} pixels; ${fault.least} are needed. Crop it, or take a larger picture.`;
    default: {
      const never: never = fault;
      return never;
    }
  }
}
