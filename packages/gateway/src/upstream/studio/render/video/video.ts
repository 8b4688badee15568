/** Video jobs: chooses the film (film.ts, animate.ts), encodes it frame by frame, adds sound, puts the MP4 together. Read this first. */
import { soundTrack } from '../audio/audio.ts';
import type { RenderedFile, VideoJob } from '../job.ts';
import { keep } from '../keep.ts';
import { animateScene, frameRate } from './animate.ts';
import { createFrameEncoder } from './encode.ts';
import { cameraMove, type Film, transition } from './film.ts';
import { mux } from './mux.ts';
import { loadPhoto } from './photo.ts';
import { createFrame } from './planes.ts';

/** How much of the work lies before the first frame and after the last one, in percent. */
const preparation = 8;
const completion = 4;

export async function renderVideo(
  job: VideoJob,
  onProgress: (percent: number) => void,
): Promise<RenderedFile[]> {
  const { width, height, seconds } = job;
  const count = Math.round(seconds * frameRate);
  const film = await chooseFilm(job, count, (part) => onProgress(Math.round(part * preparation)));
  const encoder = await createFrameEncoder(width, height, frameRate);
  const frame = createFrame(width, height);
  for (let index = 0; index < count; index++) {
    film.draw(index, frame);
    encoder.add(frame);
    onProgress(preparation + Math.floor(((100 - preparation - completion) * (index + 1)) / count));
  }
  const sound = job.audio ? await soundTrack(job.prompt, job.seed, count / frameRate) : null;
  const path = await keep(job.folder, 'clip.mp4', await mux(encoder.finish(), sound, frameRate));
  return [{ path, mimeType: 'video/mp4', width, height, seconds: count / frameRate }];
}

async function chooseFilm(job: VideoJob, count: number, onProgress: (part: number) => void): Promise<Film> {
  const { prompt, seed, width, height } = job;
  const first = job.firstFrame ?? job.lastFrame;
  if (first === null)
    return animateScene(prompt, seed, { width, height, seconds: count / frameRate }, onProgress);
  const photo = await loadPhoto(first, width, height);
  onProgress(0.5);
  if (job.firstFrame === null || job.lastFrame === null) return cameraMove(photo, prompt, seed, count);
  return transition(photo, await loadPhoto(job.lastFrame, width, height), count);
}
