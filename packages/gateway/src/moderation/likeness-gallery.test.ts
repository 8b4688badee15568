import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import {
  type GalleryFault,
  type GalleryOutcome,
  type GalleryPicture,
  openGallery,
} from './likeness-gallery.ts';

const folders: string[] = [];
after(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

async function galleryOf(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-gallery-'));
  folders.push(folder);
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), text);
  }
  return folder;
}

const FAULTS = new Map<string, GalleryFault>([
  ['none', { kind: 'no_face' }],
  ['two', { kind: 'several_faces', count: 2 }],
  ['small', { kind: 'small_face', side: 31, least: 60 }],
  ['junk', { kind: 'not_a_picture' }],
]);

/** Knows a fault by what is in the file. */
async function read(pictures: readonly GalleryPicture[]): Promise<GalleryOutcome> {
  const texts = await Promise.all(pictures.map(async (one) => (await one.read()).toString()));
  const faults = texts.flatMap((text, at) => {
    const fault = FAULTS.get(text);
    return fault === undefined ? [] : [{ at, fault }];
  });
  if (faults.length > 0) return { kind: 'faulty', faults };
  return { kind: 'read', people: pictures.map(({ label }, at) => ({ label: `${label}=${texts[at]}` })) };
}

const open = (folder: string) => openGallery({ folder, threshold: 0.6 }, read);

test('a person is a sub-folder, or a picture beside the sub-folders', async () => {
  const folder = await galleryOf({
    'ada/front.jpg': 'a1',
    'ada/side.png': 'a2',
    'bob smith.jpeg': 'b',
    '.DS_Store': 'not asked about',
    'ada/.hidden': 'nor this',
  });
  assert.deepEqual(await open(folder), [{ label: 'ada=a1' }, { label: 'ada=a2' }, { label: 'bob smith=b' }]);
});

test('every file that cannot be used is told with what to do', async () => {
  const folder = await galleryOf({
    'ada/group.jpg': 'two',
    'ada/good.jpg': 'fine',
    'ada/more/deep.jpg': 'fine',
    'bob.jpg': 'none',
    'cyd.jpg': 'small',
    'notes.txt': 'junk',
  });
  await mkdir(join(folder, 'dan'));
  await assert.rejects(open(folder), ({ message }: Error) => {
    const [first = '', ...lines] = message.split('\n');
    assert.match(first, /^The likeness gallery .* cannot be used/);
    assert.deepEqual(lines.map((line) => line.trim()).sort(), [
      'ada/group.jpg shows 2 faces. Crop it to the one that is meant.',
      "ada/more/ is a folder within a person's. Move its pictures one up.",
      'bob.jpg shows no face that could be found. Take one from the front, upright, with the whole head in it.',
      'cyd.jpg shows a head of 31 pixels; 60 are needed. Crop it, or take a larger picture.',
      'dan/ is empty. Put a picture of the person into it, or remove it.',
      'notes.txt is no picture that can be decoded. Convert it to JPEG or PNG, or remove it.',
    ]);
    return true;
  });
});

test('an empty gallery and one that is not there stop the start', async () => {
  await assert.rejects(open(await galleryOf({ '.keep': '' })), /It is empty\. Put a folder/);
  await assert.rejects(open(join(tmpdir(), 'sluice-gallery-nowhere')), /cannot be read/);
});
