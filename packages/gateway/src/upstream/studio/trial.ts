/** A studio for tests: a renderer that needs no time and no threads, and jobs to give it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { ManualClock } from '../../clock.ts';
import type { JsonObject, JsonValue } from '../../json.ts';
import type { CallContext, InputMedia, PollOutcome, SubmitJob, UpstreamAdapter } from '../adapter.ts';
import { createStudioAdapter } from './adapter.ts';
import type { RenderedFile, Renderer, RenderJob } from './render/renderer.ts';
import { RenderFailure } from './render/renderer.ts';
import { createService } from './service.ts';

export interface Trial {
  readonly adapter: UpstreamAdapter;
  readonly clock: ManualClock;
  readonly folder: string;
  /** Every job that reached the renderer, in order. */
  readonly rendered: readonly RenderJob[];
  /** What the studio wrote to its log. */
  readonly logged: readonly string[];
  context(): CallContext;
  /** A new studio on the same folder, as after a restart; the old one is closed, or forgotten as after a kill. */
  restart(how: 'closed' | 'killed'): Promise<UpstreamAdapter>;
  close(): Promise<void>;
}

/** `hold`: renderings end only when they are aborted or the renderer is closed; `deaf`: then they finish all the same. */
export type Rendering = 'at_once' | 'hold' | 'deaf' | RenderFailure;

export async function openTrial(
  rendering: () => Rendering = () => 'at_once',
  inFolder?: string,
): Promise<Trial> {
  const folder = inFolder ?? (await mkdtemp(join(tmpdir(), 'studio-')));
  const clock = new ManualClock();
  const rendered: RenderJob[] = [];
  const logged: string[] = [];
  const note = (_details: object, message: string) => void logged.push(message);
  const open = () =>
    createStudioAdapter(
      createService({
        folder,
        renderer: quickRenderer(rendered, rendering),
        longestQueue: 30,
        clock,
        log: { warn: note, error: note },
      }),
    );
  const studios = [open()];
  return {
    get adapter() {
      return studios.at(-1) ?? open();
    },
    clock,
    folder,
    rendered,
    logged,
    context: () => ({ clock, signal: new AbortController().signal }),
    async restart(how) {
      if (how === 'closed') await studios.at(-1)?.close?.();
      const studio = open();
      studios.push(studio);
      return studio;
    },
    async close() {
      for (const studio of studios) await studio.close?.();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function quickRenderer(rendered: RenderJob[], rendering: () => Rendering): Renderer {
  const closing = new AbortController();
  return {
    async render(job, { signal, onProgress }) {
      rendered.push(job);
      const how = rendering();
      if (how instanceof RenderFailure) throw how;
      onProgress(50);
      const ended = AbortSignal.any([signal, closing.signal]);
      if (how === 'hold') await held(ended);
      if (how === 'deaf') await held(ended).catch(() => {});
      return await Promise.all(
        Array.from({ length: job.kind === 'image' ? job.n : 1 }, (_, i) => write(job, i)),
      );
    },
    async close() {
      closing.abort(new RenderFailure('closed', 'The renderer was closed before the job was done.'));
    },
  };
}

const held = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });

async function write(job: RenderJob, index: number): Promise<RenderedFile> {
  const extension = job.kind === 'video' ? 'mp4' : job.format;
  const path = join(job.folder, `${index}.${extension}`);
  await writeFile(path, `FIRST-BYTES:${JSON.stringify({ ...job, folder: '' })}`);
  return { path, mimeType: `${job.kind}/${extension}`, width: null, height: null, seconds: null };
}

let jobs = 0;

export function jobOf(params: JsonObject, more: Partial<SubmitJob> = {}): SubmitJob {
  const taskId = `task-${++jobs}`;
  return {
    taskId,
    attempt: 1,
    idempotencyKey: `${taskId}-${more.attempt ?? 1}`,
    type: 'image',
    upstreamModel: 'studio-image-1',
    params: { prompt: 'a quiet harbour at dawn', ...params },
    inputs: [],
    ...more,
  };
}

export function inputOf(more: Partial<InputMedia> = {}): InputMedia {
  const bytes = new TextEncoder().encode('not really a picture');
  return {
    param: 'image_urls',
    index: 0,
    kind: 'image',
    mimeType: 'image/jpeg',
    bytes: bytes.byteLength,
    sha256: '0'.repeat(64),
    width: 1280,
    height: 720,
    seconds: null,
    read: () => Promise.resolve(bytes),
    ...more,
  };
}

export async function handleOf(trial: Trial, job: SubmitJob): Promise<JsonValue> {
  const outcome = await trial.adapter.submit(job, trial.context());
  if (outcome.kind !== 'accepted') throw new Error(`not accepted: ${JSON.stringify(outcome)}`);
  return outcome.handle;
}

/** Polls until the job is over; its files are written by the real disk, so it takes as many turns as that takes. */
export async function lastPoll(trial: Trial, handle: JsonValue): Promise<PollOutcome> {
  let outcome = await trial.adapter.poll(handle, trial.context());
  for (let i = 0; i < 200_000 && outcome.kind !== 'finished' && outcome.kind !== 'failed'; i++) {
    await setImmediate();
    outcome = await trial.adapter.poll(handle, trial.context());
  }
  return outcome;
}
