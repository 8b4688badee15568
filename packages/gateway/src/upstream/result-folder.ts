/**
 * Results that only our key opens. The contract stores an output as JSON between "done" and "taken over", and a key has no place
 * there; nor has a clip. So the adapter fetches such a result itself when the job is done, through the shared caller, and
 * answers with a file of its own. Files survive a crash: a poll after it finds what was whole and fetches only the rest.
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CallContext, OutputRef } from './adapter.ts';
import type { UpstreamAnswer, UpstreamCaller } from './call.ts';

const MOST_REDIRECTS = 5;
/** A clip of some hundred megabytes; longer would keep a poll, and with it one of the engine's lanes, for too long. */
const DOWNLOAD_TIMEOUT_MS = 5 * 60_000;
/** Longer than any task waits to take its results over: what is older was left by a crash. */
const LONGEST_STAY_MS = 3 * 24 * 60 * 60_000;

export interface ResultSource {
  /** The upstream's name for the job: the results of one job lie together, and go together. */
  readonly job: string;
  readonly index: number;
  readonly url: string;
  /** Hold the key: they go to the origin of `url` only. */
  readonly headers: Readonly<Record<string, string>>;
}

export type TakenResult =
  | { readonly kind: 'taken'; readonly output: OutputRef }
  /** What was answered instead of a file. */
  | { readonly kind: 'refused'; readonly answer: UpstreamAnswer };

export interface ResultFolder {
  take(source: ResultSource, ctx: CallContext): Promise<TakenResult>;
  /** Removes what is left of a job's results. Never throws. */
  drop(job: string): Promise<void>;
}

export function createResultFolder(folder: string, caller: UpstreamCaller): ResultFolder {
  const folderOf = (job: string) => join(folder, createHash('sha256').update(job).digest('hex').slice(0, 32));
  let swept: Promise<void> | null = null;
  return {
    async take(source, { clock, signal }) {
      swept ??= sweep(folder, clock.now() - LONGEST_STAY_MS);
      await swept;
      const path = join(folderOf(source.job), String(source.index + 1));
      if (await exists(path)) return taken({ kind: 'file', path, mimeType: null });
      await mkdir(folderOf(source.job), { recursive: true });
      return fetchTo(path, source, caller, signal);
    },
    drop: (job) => rm(folderOf(job), { recursive: true, force: true }).catch(() => undefined),
  };
}

/** Once for each process, before the first result: nobody waits for what is removed. */
async function sweep(folder: string, before: number): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: before }));
    if (mtimeMs < before) await rm(path, { recursive: true, force: true }).catch(() => undefined);
  }
}

async function fetchTo(
  path: string,
  source: ResultSource,
  caller: UpstreamCaller,
  signal: AbortSignal,
): Promise<TakenResult> {
  const draft = `${path}.part`;
  let url = source.url;
  for (let redirects = 0; ; redirects++) {
    const headers = { accept: '*/*', ...source.headers };
    const request = { method: 'GET', url, headers, timeoutMs: DOWNLOAD_TIMEOUT_MS } as const;
    const answer = await caller.download(request, draft, signal);
    if (answer.kind === 'saved') {
      await rename(draft, path);
      return taken({ kind: 'file', path, mimeType: answer.mimeType });
    }
    const next = redirectOf(answer, url);
    if (next === null || redirects === MOST_REDIRECTS) return { kind: 'refused', answer };
    // Another host needs no key of ours, and is not the operator's choice: the guarded caller fetches from there.
    if (next.origin !== new URL(source.url).origin) {
      return taken({ kind: 'url', url: next.href, mimeType: null });
    }
    url = next.href;
  }
}

const taken = (output: OutputRef): TakenResult => ({ kind: 'taken', output });

function redirectOf(answer: UpstreamAnswer, from: string): URL | null {
  if (answer.kind === 'silence' || answer.status < 300 || answer.status >= 400) return null;
  const { location } = answer.headers;
  return location === undefined ? null : URL.parse(location, from);
}

async function exists(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
