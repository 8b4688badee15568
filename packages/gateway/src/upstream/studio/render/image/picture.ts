/** Pixels in memory, on their way from an input or a scene to an output. */
import sharp, { type Sharp } from 'sharp';
import type { ImageFormat, InputFile } from '../job.ts';
import { open, reading } from './open.ts';

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue, alpha; 8 bit; alpha is not multiplied in. */
  readonly data: Uint8Array;
}

/** The input fills the size; what does not fit its shape is cut off, keeping what draws the eye. */
export async function loadPicture(file: InputFile, width: number, height: number): Promise<Picture> {
  const fitted = open(file).resize(width, height, {
    fit: 'cover',
    position: 'attention',
    kernel: 'lanczos3',
  });
  return reading(file, take(fitted));
}

export function asSharp({ data, width, height }: Picture): Sharp {
  return sharp(data, { raw: { width, height, channels: 4 } });
}

export async function take(pipeline: Sharp): Promise<Picture> {
  const { data, info } = await pipeline.ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

export const mimeTypes = {
  png: 'image/png',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
} as const satisfies Record<ImageFormat, string>;

/** JPEG knows no transparency: it gets a white ground. */
export async function encodePicture(picture: Picture, format: ImageFormat): Promise<Uint8Array> {
  const pipeline = asSharp(picture);
  switch (format) {
    case 'png':
      return isOpaque(picture)
        ? pipeline.removeAlpha().png({ compressionLevel: 6 }).toBuffer()
        : pipeline.png({ compressionLevel: 6 }).toBuffer();
    case 'jpeg':
      return pipeline
        .flatten({ background: '#fff' })
        .jpeg({ quality: 92, chromaSubsampling: '4:4:4' })
        .toBuffer();
    case 'webp':
      return pipeline.webp({ quality: 90, effort: 2 }).toBuffer();
    default: {
      const never: never = format;
      throw new Error(`unexpected format: ${never}`);
    }
  }
}

function isOpaque({ data }: Picture): boolean {
  for (let i = 3; i < data.length; i += 4) if (data[i] !== 255) return false;
  return true;
}
