/** `sluice files`: the uploads of the account. */
import { basename } from 'node:path';
import { type FileView, type Sluice, TaskError } from '@sluice/client';
import { connect, type Target } from './connect.ts';
import { isAddress, sizeOf } from './input-media.ts';
import { printable } from './printable.ts';
import { showUpload } from './progress.ts';
import { describeBytes } from './save-results.ts';
import { describeError } from './show-error.ts';
import type { Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';

export async function listFiles(terminal: Terminal, target: Target, limit: number): Promise<void> {
  const { files } = connect(target);
  const { files: shown, total } = await files.list({ pageSize: limit });
  const { used_files: used, max_files: max } = await files.quota();
  const rows = shown.map((file) => [
    file.file_id,
    describeBytes(file.file_size),
    file.mime_type,
    `until ${file.expires_at.slice(0, 16).replace('T', ' ')}`,
    placeOf(file),
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  for (const row of rows)
    terminal.print(row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
  if (total > shown.length) terminal.note(`${shown.length} of ${total}`);
  terminal.note(`${used} of ${max} places for files are taken.`);
}

export interface UploadFlags {
  readonly name?: string;
  readonly folder?: string;
}

/** Prints the link of each, for scripts; what it is called and how long it lives goes beside it. */
export async function uploadFiles(
  terminal: Terminal,
  target: Target,
  given: readonly string[],
  flags: UploadFlags,
): Promise<void> {
  for (const one of given) if (!isAddress(one)) await sizeOf(one);
  checkNames(given, flags);
  const sluice = connect(target);
  for (const one of given) {
    const file = isAddress(one)
      ? await sluice.files.upload({ url: one }, flags)
      : await uploadFile(terminal, sluice, one, flags);
    terminal.note(`${file.file_id}  ${placeOf(file)}  until ${file.expires_at}`);
    terminal.print(file.file_url);
  }
}

function checkNames(given: readonly string[], { name }: UploadFlags): void {
  if (name !== undefined && given.length > 1)
    throw new UsageError('--name is for one file: each of several would replace the one before.');
  const names = given.filter((one) => !isAddress(one)).map((path) => basename(path));
  const twice = names.find((one, index) => names.indexOf(one) !== index);
  if (twice !== undefined)
    throw new UsageError(
      `Several files are called ${twice}: upload them one by one, with --name or --folder.`,
    );
}

async function uploadFile(
  terminal: Terminal,
  sluice: Sluice,
  path: string,
  { name = basename(path), folder }: UploadFlags,
): Promise<FileView> {
  const progress = showUpload(terminal.progress, basename(path), await sizeOf(path));
  const options = { name, onProgress: progress.update, ...(folder === undefined ? {} : { folder }) };
  try {
    return await sluice.files.upload({ path }, options);
  } finally {
    progress.stop();
  }
}

/** All that can be deleted are, also where one cannot. Gives the exit code. */
export async function deleteFiles(
  terminal: Terminal,
  target: Target,
  ids: readonly string[],
): Promise<number> {
  const { files } = connect(target);
  let exitCode = 0;
  for (const id of ids) {
    try {
      await files.delete(id);
      terminal.print(`${id} is deleted.`);
    } catch (error) {
      if (!TaskError.is(error) || error.code !== 'resource_not_found') throw error;
      terminal.note(describeError(terminal, error.toJSON()));
      exitCode = 1;
    }
  }
  return exitCode;
}

function placeOf({ upload_path: folder, file_name: name }: FileView): string {
  return printable(folder === '' ? name : `${folder}/${name}`);
}
