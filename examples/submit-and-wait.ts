/**
 * A photograph becomes a clip: submit, watch the progress, save the file.
 *
 *     npm start                                        (in another terminal; it prints a key)
 *     export SLUICE_API_KEY=sk-...
 *     node_modules/.bin/node examples/submit-and-wait.ts
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Sluice } from '@sluice/client';

const sluice = new Sluice({
  baseUrl: process.env.SLUICE_URL ?? 'http://127.0.0.1:8787',
  apiKey: process.env.SLUICE_API_KEY ?? '',
});

const photo = await readFile(join(import.meta.dirname, 'photos/raccoon-1280x720.jpg'));

const submitted = await sluice.videos.generate({
  model: 'studio-video-1',
  prompt: 'a slow push in',
  image_urls: [`data:image/jpeg;base64,${photo.toString('base64')}`],
  aspect_ratio: '16:9',
  quality: '480p',
  duration: 2,
});
console.log(`${submitted.id} is accepted; it may cost ${submitted.usage.credits_reserved} credits.`);

const task = await sluice.tasks.wait(submitted.id, {
  onUpdate: ({ status, progress }) => console.log(`${status} ${progress}%`),
});

const [link] = task.results;
if (link === undefined) throw new Error('a completed task has at least one result');
const clip = await fetch(link);
await writeFile('raccoon.mp4', Buffer.from(await clip.arrayBuffer()));
console.log(`raccoon.mp4 is saved; it did cost ${task.usage.credits_used} credits.`);
