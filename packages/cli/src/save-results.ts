/** Brings the results of a task to this machine. */
import { createHash } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { CompletedTaskView } from '@sluice/client';
import { UsageError } from './usage-error.ts';

export interface SavedFile {
  readonly path: string;
  readonly bytes: number;
  /** What is worth knowing of it, for a person: `1280x720, 5 s, 812 KB`. */
  readonly summary: string;
}

/** `nameOf` chooses a file's name; default is the last part of its link. A file appears whole or not at all. */
export async function saveResults(
  task: CompletedTaskView,
  folder: string,
  nameOf: (suggested: string, index: number) => string = (suggested) => suggested,
): Promise<readonly SavedFile[]> {
  await mkdir(folder, { recursive: true });
  const saved: SavedFile[] = [];
  for (const [index, link] of task.results.entries()) {
    const facts = task.result_data[index];
    const bytes = await download(link);
    if (facts && createHash('sha256').update(bytes).digest('hex') !== facts.sha256) {
      throw new UsageError(
        `The result ${index + 1} of ${task.id} was damaged on its way. Save it again with the command wait and --out.`,
      );
    }
    const path = join(folder, nameOf(basename(new URL(link).pathname), index));
    const partial = `${path}.part`;
    try {
      await writeFile(partial, bytes);
      await rename(partial, path);
    } finally {
      await rm(partial, { force: true });
    }
    const size = facts?.width && facts.height ? [`${facts.width}x${facts.height}`] : [];
    const length = facts?.duration ? [`${Number(facts.duration.toFixed(2))} s`] : [];
    saved.push({
      path,
      bytes: bytes.length,
      summary: [...size, ...length, describeBytes(bytes.length)].join(', '),
    });
  }
  return saved;
}

async function download(link: string): Promise<Buffer> {
  const response = await fetch(link);
  if (!response.ok) {
    throw new UsageError(
      `A result could not be fetched: the gateway answered ${response.status}. Links live 24 hours.`,
    );
  }
  return Buffer.from(await response.arrayBuffer());
}

export function describeBytes(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
