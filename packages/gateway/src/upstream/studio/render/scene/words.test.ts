import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readHints } from './words.ts';

test('words are found in the order of the prompt, in English and Chinese', () => {
  assert.deepEqual(readHints('A calm lake below snowy Mountains at sunset').places, ['lake', 'mountains']);
  assert.deepEqual(readHints('mountains mirrored in a lake').places.slice(0, 2), ['mountains', 'lake']);
  assert.deepEqual(readHints('雪山日落').times, ['sunset']);
  assert.deepEqual(readHints('雪山日落').weathers, ['snow']);
});

test('a word inside another one is not found', () => {
  const { places, weathers, moods } = readHints('a Chelsea trainer, foreseen in a seaside story');
  assert.deepEqual([places, weathers, moods], [[], [], []]);
});

test('nothing known is nothing found', () => {
  assert.deepEqual(readHints(''), { places: [], times: [], weathers: [], moods: [], hues: [] });
});
