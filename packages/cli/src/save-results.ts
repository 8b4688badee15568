/** Brings the results of a task to this machine. */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, mkdir, rename, rm, writeFile } from 'node:fs/promises';
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
  await makeFolder(folder);
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
    } catch (error) {
      throw new UsageError(
        `${path} cannot be written: ${whyOf(error)}. The task is complete: the command wait, with its id ${task.id} and another --out, saves it.`,
      );
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

/** Also called before anything is paid for: results that cannot be saved are found out then. */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
  } catch (error) {
    throw new UsageError(
      `Nothing can be saved in --out ${folder}: ${whyOf(error)}. Give a folder that can be written to.`,
    );
  }
}

function whyOf(error: unknown): string {
  switch (error instanceof Error && 'code' in error ? error.code : null) {
    case 'EEXIST':
    case 'ENOTDIR':
      return 'there is a file in its place';
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return 'it is not allowed';
    case 'ENOSPC':
    case 'EDQUOT':
      return 'the disk is full';
    case 'ENAMETOOLONG':
      return 'the name is too long';
    default:
      return 'the system does not let it';
  }
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
