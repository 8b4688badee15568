/** Only for decoding processes: the formats libvips does not read here, each by a decoder of its own, to plain pixels. */
import { decodeBmp } from './decode-bmp.ts';
import { decodeIco } from './decode-ico.ts';
import type { ForeignFormat } from './formats.ts';
import { MAX_PIXELS } from './inspection.ts';
import type { Foreign, Pixels, Undecodable } from './pixels.ts';
import { sharp, VIPS_SECONDS } from './vips.ts';

/** Upright. Rejects only with what libvips says of a PNG inside an icon. */
export async function decodeForeign(file: Uint8Array, format: ForeignFormat): Promise<Foreign> {
  switch (format) {
    case 'bmp':
      return foreign(decodeBmp(file));
    case 'ico': {
      const icon = decodeIco(file);
      return foreign('png' in icon ? await pixelsOfPng(icon.png) : icon);
    }
    case 'heic':
      return heic(file);
    default: {
      const never: never = format;
      return never;
    }
  }
}

function foreign(decoded: Pixels | Undecodable): Foreign {
  return 'why' in decoded ? { kind: 'corrupt', why: decoded.why } : { kind: 'pixels', pixels: decoded };
}

/** HEVC is covered by patents in places: the package may have been left out on purpose. */
async function heic(file: Uint8Array): Promise<Foreign> {
  let decoder: typeof import('./decode-heic.ts');
  try {
    decoder = await import('./decode-heic.ts');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')
      return { kind: 'no_decoder' };
    throw error;
  }
  return decoder.decodeHeic(file);
}

async function pixelsOfPng(png: Uint8Array): Promise<Pixels | Undecodable> {
  const { data, info } = await sharp(png, { failOn: 'truncated', limitInputPixels: MAX_PIXELS })
    .timeout({ seconds: VIPS_SECONDS })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  return channels === 3 || channels === 4
    ? { data, width, height, channels }
    : { why: 'is damaged: it holds a picture of another kind' };
}
