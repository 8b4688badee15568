/**
 * The studio's jobs on disk: `<folder>/<job id>/` with `job.json` (the request), `in-0`, `in-1`, ... (its files), `out/` (what is
 * rendered) and, once it is over, `end.json`. A job exists exactly when its folder has its name; what is being written before
 * that lies in `.incoming/`, which a start empties.
 */
import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Static, Type } from 'typebox';
import { guard } from '../../guard.ts';
import { JobResult, RenderRequest, WireError } from './wire.ts';

const StoredJob = Type.Object({ createdAt: Type.Number(), request: RenderRequest });
/** `createdAt` is in milliseconds since 1970. */
export type StoredJob = Static<typeof StoredJob>;

const JobEnd = Type.Union([
  Type.Object({ state: Type.Literal('done'), outputs: JobResult.properties.outputs }),
  Type.Object({ state: Type.Literal('failed'), error: WireError }),
  /** The outputs were taken over; the job is remembered so that its key is not taken for a new one. */
  Type.Object({ state: Type.Literal('released') }),
]);
export type JobEnd = Static<typeof JobEnd>;

const isStoredJob = guard(StoredJob);
const isJobEnd = guard(JobEnd);

export interface JobFolders {
  /** Durable when it resolves. */
  create(id: string, job: StoredJob, files: readonly Uint8Array[]): Promise<void>;
  read(id: string): Promise<{ readonly job: StoredJob; readonly end: JobEnd | null } | null>;
  end(id: string, end: JobEnd): Promise<void>;
  /** Removes everything but the memory that the job was there. */
  release(id: string): Promise<void>;
  remove(id: string): Promise<void>;
  list(): Promise<string[]>;
  inputPath(id: string, position: number): string;
  /** An empty folder for the outputs: what an interrupted rendering left is gone. */
  freshOutputs(id: string): Promise<string>;
}

const JOB_ID = /^job-[0-9a-f]{32}$/;
const INCOMING = '.incoming';

/** The same key is always the same job, so looking a key up needs no index. */
export const jobIdOf = (key: string) => `job-${createHash('sha256').update(key).digest('hex').slice(0, 32)}`;

export async function openJobFolders(folder: string): Promise<JobFolders> {
  const incoming = join(folder, INCOMING);
  await rm(incoming, { recursive: true, force: true });
  await mkdir(incoming, { recursive: true });
  const at = (id: string, ...rest: string[]) => join(folder, id, ...rest);
  let writes = 0;

  async function end(id: string, end: JobEnd): Promise<void> {
    const draft = at(id, `end-${writes++}.tmp`);
    await writeDurably(draft, JSON.stringify(end));
    await rename(draft, at(id, 'end.json'));
  }

  return {
    end,
    async create(id, job, files) {
      const draft = join(incoming, `${id}-${writes++}`);
      await mkdir(draft);
      for (const [position, bytes] of files.entries())
        await writeDurably(join(draft, `in-${position}`), bytes);
      await writeDurably(join(draft, 'job.json'), JSON.stringify(job));
      await syncFolder(draft);
      await rename(draft, at(id));
      await syncFolder(folder);
    },
    async read(id) {
      if (!JOB_ID.test(id)) return null;
      const job = await readJson(at(id, 'job.json'));
      if (!isStoredJob(job)) return null;
      const end = await readJson(at(id, 'end.json'));
      return { job, end: isJobEnd(end) ? end : null };
    },
    async release(id) {
      await end(id, { state: 'released' });
      const kept = new Set(['job.json', 'end.json']);
      for (const name of await readdir(at(id))) {
        if (!kept.has(name)) await rm(at(id, name), { recursive: true, force: true });
      }
    },
    remove: (id) => rm(at(id), { recursive: true, force: true }),
    list: async () => (await readdir(folder)).filter((name) => JOB_ID.test(name)),
    inputPath: (id, position) => at(id, `in-${position}`),
    async freshOutputs(id) {
      const out = at(id, 'out');
      await rm(out, { recursive: true, force: true });
      await mkdir(out);
      return out;
    },
  };
}

/** Undefined where there is no such file, or where it is not whole. */
async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    if (
      error instanceof SyntaxError ||
      (error instanceof Error && 'code' in error && error.code === 'ENOENT')
    )
      return undefined;
    throw error;
  }
}

async function writeDurably(path: string, data: string | Uint8Array): Promise<void> {
  await using file = await open(path, 'w');
  await file.writeFile(data);
  await file.sync();
}

/** Makes names in a folder durable. */
async function syncFolder(path: string): Promise<void> {
  await using folder = await open(path, 'r');
  await folder.sync();
}
