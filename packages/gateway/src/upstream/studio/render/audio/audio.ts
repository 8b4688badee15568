/** Audio jobs, and the sound track of a clip: composed (compose.ts), played (synth.ts), encoded (encode.ts). Read this first. */
import type { AudioJob, RenderedFile } from '../job.ts';
import { keep } from '../keep.ts';
import { compose } from './compose.ts';
import { encodeSound, mimeTypes } from './encode.ts';
import { perform } from './synth.ts';

export async function renderAudio(
  job: AudioJob,
  onProgress: (percent: number) => void,
): Promise<RenderedFile[]> {
  const { seconds, format } = job;
  const sound = perform(compose(job.prompt, job.seed, seconds), seconds, (part) =>
    onProgress(Math.floor(part * 60)),
  );
  const path = await keep(job.folder, `sound.${format}`, await encodeSound(sound, format));
  return [{ path, mimeType: mimeTypes[format], width: null, height: null, seconds }];
}

/** MP3, for a clip of that length. */
export async function soundTrack(prompt: string, seed: number, seconds: number): Promise<Uint8Array> {
  return encodeSound(
    perform(compose(prompt, seed, seconds), seconds, () => {}),
    'mp3',
  );
}
