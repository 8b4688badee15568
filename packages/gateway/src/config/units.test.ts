import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { parseDuration, parseSize } from './units.ts';

it('reads sizes: decimal units, and binary ones by their names', () => {
  const sizes = {
    '10MB': 10_000_000,
    '10 MB': 10_000_000,
    '1.5kb': 1500,
    '2MiB': 2_097_152,
    '7B': 7,
    '1GB': 1e9,
    '1GiB': 2 ** 30,
  };
  for (const [text, bytes] of Object.entries(sizes)) assert.equal(parseSize(text), bytes, text);
  for (const text of ['', 'MB', '10', '-1MB', '10XB', '1e3MB', '10MBs', '9999999999999GB', '10ib'])
    assert.equal(parseSize(text), null, text);
});

it('reads durations', () => {
  const durations = { '10m': 600_000, '1.5h': 5_400_000, '250ms': 250, '30 s': 30_000, '3d': 259_200_000 };
  for (const [text, ms] of Object.entries(durations)) assert.equal(parseDuration(text), ms, text);
  for (const text of ['', '10', '10M', 'ten minutes', '10m30s', '-1s'])
    assert.equal(parseDuration(text), null, text);
});

it('takes plain whole numbers as they are, and nothing else', () => {
  fc.assert(
    fc.property(fc.oneof(fc.double(), fc.string()), (value) => {
      for (const parsed of [parseSize(value), parseDuration(value)]) {
        assert.ok(parsed === null || (Number.isSafeInteger(parsed) && parsed >= 0));
      }
    }),
  );
  assert.equal(parseSize(4096), 4096);
  assert.equal(parseDuration(1.5), null);
});
