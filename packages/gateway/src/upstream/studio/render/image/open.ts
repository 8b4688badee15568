/** The one door through which given pictures come in: upright, sRGB, and a clear failure where one cannot be decoded. */
import sharp, { type Sharp } from 'sharp';
import { type InputFile, RenderFailure } from '../job.ts';

// Renderings run side by side; within one, a single core is plenty, and the cache would only hold memory.
sharp.concurrency(1);
sharp.cache(false);

/** As its maker meant it to be seen: EXIF orientation applied, any colour space brought to sRGB, 8 bit. Alpha is kept. */
export function open(file: InputFile): Sharp {
  return sharp(file.path, { failOn: 'none', limitInputPixels: 1e8 }).autoOrient().toColourspace('srgb');
}

/** Pixels of the picture when upright. */
export async function sizeOf(file: InputFile): Promise<{ width: number; height: number }> {
  const { autoOrient } = await reading(file, open(file).metadata());
  return autoOrient;
}

/** Waits for what is read from an input; a failure becomes one that names it. */
export async function reading<T>(file: InputFile, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const because = error instanceof Error ? error.message : String(error);
    throw new RenderFailure(
      'unreadable_input',
      `An input of type ${file.mimeType} cannot be decoded: ${because}`,
    );
  }
}
