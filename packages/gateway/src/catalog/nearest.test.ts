import assert from 'node:assert/strict';
import { it } from 'node:test';
import { nearest } from './nearest.ts';

const KNOWN = ['duration', 'aspect_ratio', 'image_urls', 'n', 'seed', 'size'];

it('finds what was meant', () => {
  const meant = {
    durtion: 'duration',
    aspectRatio: 'aspect_ratio',
    'aspect-ratio': 'aspect_ratio',
    image_url: 'image_urls',
    imgae_urls: 'image_urls',
    Seed: 'seed',
    sizee: 'size',
  };
  for (const [typed, wanted] of Object.entries(meant)) assert.equal(nearest(typed, KNOWN), wanted, typed);
});

it('says nothing where nothing is near', () => {
  for (const typed of ['callback', 'x', '', 'constructor', 'z'.repeat(100_000)])
    assert.equal(nearest(typed, KNOWN), null, typed.slice(0, 20));
  assert.equal(nearest('duration', []), null);
});
