/** Image jobs: paint a picture (paint.ts), edit a given one (looks.ts, mask.ts), or put several together (collage.ts). Read this first. */
import type { ImageJob, RenderedFile } from '../job.ts';
import { keep } from '../keep.ts';
import { createChance } from '../scene/chance.ts';
import { collage } from './collage.ts';
import { applyLooks } from './looks.ts';
import { applyMask } from './mask.ts';
import { paintPicture } from './paint.ts';
import { encodePicture, loadPicture, mimeTypes, type Picture } from './picture.ts';

export async function renderImage(
  job: ImageJob,
  onProgress: (percent: number) => void,
): Promise<RenderedFile[]> {
  const { width, height, format } = job;
  const files: RenderedFile[] = [];
  for (let i = 0; i < job.n; i++) {
    const picture = await draw(job, job.seed + i, (percent) =>
      onProgress(Math.floor((100 * i + percent * 0.9) / job.n)),
    );
    const path = await keep(job.folder, `image-${i + 1}.${format}`, await encodePicture(picture, format));
    files.push({ path, mimeType: mimeTypes[format], width, height, seconds: null });
    onProgress(Math.floor((100 * (i + 1)) / job.n));
  }
  return files;
}

/** `onProgress` runs from 0 to 100 for this one picture. */
async function draw(job: ImageJob, seed: number, onProgress: (percent: number) => void): Promise<Picture> {
  const { prompt, width, height } = job;
  const [first, second] = job.inputs;
  if (first === undefined)
    return { width, height, data: paintPicture(prompt, seed, width, height, onProgress) };
  const dice = createChance('edit', prompt, seed);
  if (second !== undefined)
    return applyLooks(await collage(job.inputs, width, height, prompt, dice), prompt, dice, 'nothing');
  const original = await loadPicture(first, width, height);
  onProgress(40);
  const edited = await applyLooks(original, prompt, dice, 'grade');
  onProgress(90);
  return job.mask === null ? edited : applyMask(original, edited, job.mask);
}
