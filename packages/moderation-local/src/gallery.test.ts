import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readGallery } from './index.ts';
import { compare } from './likeness.ts';

const thread = new URL('./testing/thread.ts', import.meta.url);

/** For the trial thread: that it can be decoded, then the pixels of each face. */
const picture = (label: string, ...values: number[]) => ({
  label,
  read: async () => Uint8Array.from(values),
});

test('a gallery is read whole: each person with the faces of all their pictures', async () => {
  const outcome = await readGallery([picture('ada', 1, 100), picture('bob', 1, 60), picture('ada', 1, 200)], {
    thread,
  });
  assert.deepEqual(outcome, {
    kind: 'read',
    people: [
      { label: 'ada', descriptors: [Float32Array.of(100), Float32Array.of(200)] },
      { label: 'bob', descriptors: [Float32Array.of(60)] },
    ],
  });
});

test('every fault of a gallery is told, and none of it is used', async () => {
  const bytes = [[1, 100], [1], [1, 90, 80, 70], [1, 59], [0]];
  const unreadable = { label: 'ada', read: () => Promise.reject(new Error('no such file')) };
  const pictures = [...bytes.map((values) => picture('ada', ...values)), unreadable];
  const outcome = await readGallery(pictures, { thread });
  assert.deepEqual(outcome, {
    kind: 'faulty',
    faults: [
      { at: 1, fault: { kind: 'no_face' } },
      { at: 2, fault: { kind: 'several_faces', count: 3 } },
      { at: 3, fault: { kind: 'small_face', side: 59, least: 60 } },
      { at: 4, fault: { kind: 'not_a_picture' } },
      { at: 5, fault: { kind: 'unreadable' } },
    ],
  });
});

test('a thread that breaks while a gallery is read is no fault of a picture', async () => {
  const broken = new URL('data:text/javascript,throw new Error("no models")');
  await assert.rejects(
    readGallery([picture('ada', 1)], { thread: broken }),
    /could not be read: the thread broke: no models/,
  );
});

test('the two that are most alike count, of several faces and several pictures', () => {
  const vector = (...values: number[]) => Float32Array.from(values);
  const people = [
    { label: 'ada', descriptors: [vector(0, 1), vector(1, 0)] },
    { label: 'bob', descriptors: [vector(0.6, 0.8)] },
  ];
  const shown = [{ descriptor: vector(1, 0) }, { descriptor: vector(-1, 0) }];
  assert.deepEqual(
    compare(people, shown).map(({ label, cosine }) => [label, cosine.toFixed(2)]),
    [
      ['ada', '1.00'],
      ['bob', '0.60'],
    ],
  );
  assert.deepEqual(compare(people, []), []);
});
