/** What emulators deliver as results: small files that really decode. */
import { readFileSync } from 'node:fs';
import type { Call, Reply } from './emulator.ts';

const FILES = {
  '/media/picture.png': { type: 'image/png', file: 'picture.png' },
  '/media/clip.mp4': { type: 'video/mp4', file: 'clip.mp4' },
  '/media/tone.mp3': { type: 'audio/mpeg', file: 'tone.mp3' },
} as const;

export type MediaPath = keyof typeof FILES;

export function mediaBytes(path: MediaPath): Buffer {
  return readFileSync(new URL(`../media/${FILES[path].file}`, import.meta.url));
}

/** The answer to a call for one of the result files; null for any other call. */
export function serveMedia(call: Call): Reply | null {
  const file = Object.entries(FILES).find(([path]) => path === call.path);
  if (!file || call.method !== 'GET') return null;
  const [path, { type }] = file;
  return { kind: 'bytes', status: 200, body: mediaBytes(path as MediaPath), type };
}
