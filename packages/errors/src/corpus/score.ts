/**
 * `npm run corpus [-- FOLDER] [--general] [--json]`: how well the classifier does on labelled real errors.
 * Reads every `*.jsonl` of the folder (form: docs/classification.md); exit code 2 where it cannot be read.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CorpusEntry, parseEntry } from './entry.ts';
import { renderReport, scoreAll } from './report.ts';

export const OWN_CORPUS = fileURLToPath(new URL('../../fixtures/corpus', import.meta.url));

/** Entries of all files of a folder, in the order of file and line, or everything that is wrong with them. */
export function readCorpus(folder: string): { entries: CorpusEntry[]; problems: string[] } {
  const entries: CorpusEntry[] = [];
  const problems: string[] = [];
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    return { entries, problems: [`${folder}: no such folder. Give a folder that holds *.jsonl files.`] };
  }
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .sort();
  if (files.length === 0) problems.push(`${folder}: holds no *.jsonl file.`);
  for (const file of files) {
    const lines = readFileSync(join(folder, file), 'utf8').split('\n');
    for (const [index, line] of lines.entries()) {
      if (line.trim() === '') continue;
      const entry = parseEntry(line);
      if (typeof entry === 'string') problems.push(`${basename(file)}:${index + 1}: ${entry}`);
      else entries.push(entry);
    }
  }
  return { entries, problems };
}

function main(args: readonly string[]): number {
  const unknown = args.find((arg) => arg.startsWith('-') && arg !== '--general');
  const folders = args.filter((arg) => !arg.startsWith('-'));
  if (unknown !== undefined || folders.length > 1) {
    console.error(
      `${unknown === undefined ? 'More than one folder.' : `Unknown flag ${unknown}.`} Use: npm run corpus [-- FOLDER] [--general]`,
    );
    return 2;
  }
  const { entries, problems } = readCorpus(resolve(folders[0] ?? OWN_CORPUS));
  if (problems.length > 0) {
    for (const problem of problems.slice(0, 20)) console.error(problem);
    if (problems.length > 20) console.error(`... and ${problems.length - 20} more.`);
    return 2;
  }
  console.log(renderReport(scoreAll(entries, { generalOnly: args.includes('--general') })));
  return 0;
}

if (import.meta.main) process.exitCode = main(process.argv.slice(2));
