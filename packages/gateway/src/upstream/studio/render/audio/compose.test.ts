import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compose } from './compose.ts';

test('every piece starts at once, ends in time, and can be heard and played', () => {
  fc.assert(
    fc.property(fc.string(), fc.nat(), fc.integer({ min: 1, max: 60 }), (prompt, seed, seconds) => {
      const notes = compose(prompt, seed, seconds);
      assert.equal(Math.min(...notes.map((note) => note.at)), 0);
      for (const note of notes) {
        assert.ok(note.at < seconds && note.length > 0);
        assert.ok(note.pitch > 40 && note.pitch < 4200, `${note.pitch} Hz`);
        assert.ok(note.loudness > 0 && note.loudness <= 0.5 && Math.abs(note.pan) <= 1);
      }
    }),
  );
});

/** Semitones of all notes above the lowest bass note, octaves aside. */
function intervals(prompt: string, seed: number): Set<number> {
  const notes = compose(prompt, seed, 40);
  const root = notes.find((note) => note.voice === 'bass');
  return new Set(
    notes.map((note) => ((Math.round(12 * Math.log2(note.pitch / (root?.pitch ?? 440))) % 12) + 12) % 12),
  );
}

test('all notes of a piece belong to one scale of seven', () => {
  for (let seed = 0; seed < 40; seed++) assert.ok(intervals('', seed).size <= 7, `seed ${seed}`);
});

test('words set the tempo', () => {
  const bars = (prompt: string) =>
    new Set(compose(prompt, 1, 20).flatMap((note) => (note.voice === 'pad' ? [note.at] : []))).size;
  assert.ok(bars('happy upbeat dance') > bars('a slow lullaby'));
});
