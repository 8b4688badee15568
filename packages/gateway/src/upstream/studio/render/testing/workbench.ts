/** For the tests of this room: a renderer, a place for files, jobs with sensible defaults, and eyes for what comes out. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ALL_FORMATS, EncodedPacketSink, FilePathSource, Input } from 'mediabunny';
import sharp, { type Sharp } from 'sharp';
import {
  type AudioJob,
  createRenderer,
  type ImageJob,
  type InputFile,
  type RenderedFile,
  type RenderJob,
  type VideoJob,
} from '../renderer.ts';

export async function createWorkbench() {
  const root = await mkdtemp(join(tmpdir(), 'render-'));
  const renderer = createRenderer({ workers: 2 });
  const common = async () => ({
    folder: await mkdtemp(join(root, 'job-')),
    prompt: 'sunset over a lake',
    seed: 7,
  });
  const run = (job: RenderJob, onProgress: (percent: number) => void = () => {}): Promise<RenderedFile[]> =>
    renderer.render(job, { signal: new AbortController().signal, onProgress });
  return {
    renderer,
    run,
    image: async (own: Partial<ImageJob> = {}): Promise<ImageJob> => ({
      ...(await common()),
      ...{ kind: 'image', width: 96, height: 64, n: 1, format: 'png', inputs: [], mask: null, ...own },
    }),
    video: async (own: Partial<VideoJob> = {}): Promise<VideoJob> => ({
      ...(await common()),
      ...{
        kind: 'video',
        width: 96,
        height: 64,
        seconds: 0.5,
        firstFrame: null,
        lastFrame: null,
        audio: false,
        ...own,
      },
    }),
    audio: async (own: Partial<AudioJob> = {}): Promise<AudioJob> => ({
      ...(await common()),
      ...{ kind: 'audio', seconds: 2, format: 'wav', ...own },
    }),
    bytesOf: async (job: RenderJob): Promise<Buffer[]> =>
      Promise.all((await run(job)).map(({ path }) => readFile(path))),
    async input(name: string, data: Uint8Array, mimeType = 'image/png'): Promise<InputFile> {
      const path = join(root, name);
      await writeFile(path, data);
      return { path, mimeType };
    },
    async close() {
      await renderer.close();
      await rm(root, { recursive: true });
    },
  };
}

/** Left half red, right half blue. */
export function halves(width: number, height: number): Sharp {
  return sharp({ create: { width, height, channels: 3, background: '#c02020' } }).composite([
    {
      input: { create: { width: width / 2, height, channels: 3, background: '#2020c0' } },
      left: width / 2,
      top: 0,
    },
  ]);
}

/** Size and length of a clip or a sound, and every packet of every track, all of which must be there. */
export async function probe(path: string) {
  const source = new Input({ formats: ALL_FORMATS, source: new FilePathSource(path) });
  try {
    const tracks = [];
    for (const track of await source.getTracks()) {
      const sink = new EncodedPacketSink(track);
      assert.notEqual(await sink.getPacket(Number.POSITIVE_INFINITY), null, 'the last packet is missing');
      const packets = [];
      for await (const packet of sink.packets()) packets.push(packet);
      tracks.push({ type: track.type, codec: track.codec, packets });
    }
    const picture = await source.getPrimaryVideoTrack();
    const seconds = await source.computeDuration();
    return { tracks, seconds, width: picture?.displayWidth, height: picture?.displayHeight };
  } finally {
    source.dispose();
  }
}
