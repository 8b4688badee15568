/** Pictures with wounds. */
import {
  claimingPng,
  sampleAnimation,
  sampleHeic,
  sampleImage,
} from '../../packages/gateway/src/media/sample-media.ts';
import {
  photoHeic,
  sampleApng,
  sampleBmp,
  sampleIco,
} from '../../packages/gateway/src/media/sample-rare-images.ts';
import { pick, type Random, upTo } from './random.ts';

export async function samplePictures(): Promise<readonly Buffer[]> {
  const formats = ['jpeg', 'png', 'webp', 'gif', 'avif', 'tiff'] as const;
  return [
    ...(await Promise.all(formats.map((format) => sampleImage(format, 48, 32)))),
    await sampleImage('jpeg', 40, 60, 6),
    await sampleAnimation('gif', 3),
    await sampleAnimation('webp', 3),
    await sampleApng(3),
    await sampleBmp(48, 32),
    await sampleIco(48),
    sampleHeic(64, 48),
    photoHeic(),
    photoHeic('photo-grid'),
    await claimingPng(50_000, 50_000),
    Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
    Buffer.from('<!doctype html><title>Sign in</title>'),
    Buffer.alloc(0),
  ];
}

/** Up to four wounds: bytes changed, filled, cut out, doubled, the end taken off, or another picture sewn on. Some stay whole. */
export function wounded(pictures: readonly Buffer[], random: Random): Buffer {
  let file = Buffer.from(pick(pictures, random));
  const wounds = upTo(5, random);
  for (let wound = 0; wound < wounds && file.byteLength > 4; wound++) {
    const at = Math.floor(random() ** 2 * file.byteLength);
    const length = 1 + upTo(16, random);
    switch (upTo(6, random)) {
      case 0:
        file[at] = upTo(256, random);
        break;
      case 1:
        file.fill(random() < 0.5 ? 0xff : 0, at, Math.min(at + length, file.byteLength));
        break;
      case 2:
        file = Buffer.concat([file.subarray(0, at), file.subarray(at + length)]);
        break;
      case 3:
        file = Buffer.concat([file.subarray(0, at + length), file.subarray(at)]);
        break;
      case 4:
        file = Buffer.concat([file, pick(pictures, random)]);
        break;
      default:
        file = file.subarray(0, at);
    }
  }
  return file;
}

/** As a `data:` URL, sometimes one that is not quite one. */
export function asDataUrl(file: Buffer, random: Random): string {
  const type = pick(['image/jpeg', 'image/png', 'image/svg+xml', 'application/octet-stream', ''], random);
  const url = `data:${type};base64,${file.toString('base64')}`;
  if (random() < 0.8) return url;
  const at = Math.floor(random() ** 2 * url.length);
  return (
    url.slice(0, at) + pick(['=', '\n', '-', ';', ',', '%', '\0', 'A', '\u{1f4a3}'], random) + url.slice(at)
  );
}
