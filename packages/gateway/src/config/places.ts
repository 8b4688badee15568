/**
 * The URLs of `store` and `files`: where tasks and bytes are kept. Their text is never repeated in a message: such URLs carry passwords.
 */

import { isRecord } from '../catalog/faults.ts';
import type { JsonObject } from '../json.ts';
import type { Report } from './check.ts';

interface PlaceProblem {
  readonly message: string;
  readonly remedy: string;
}

/** As written: not yet resolved, and null where the file names none. */
export interface Places {
  readonly database: string | null;
  readonly folder: string | null;
}

/** Reads them from the raw file, so that their problems are told even where other parts of it are wrong. */
export function readPlaces(file: JsonObject, report: Report): Places {
  const read = (
    section: 'store' | 'files',
    pathOf: (url: string) => string | PlaceProblem,
  ): string | null => {
    const held = file[section];
    const url = isRecord(held) ? held.url : undefined;
    if (typeof url !== 'string') return null;
    const path = pathOf(url);
    if (typeof path === 'string') return path;
    report(`/${section}/url`, path.message, path.remedy);
    return null;
  };
  return { database: read('store', sqliteFromUrl), folder: read('files', folderFromUrl) };
}

/** The path of `sqlite:./data/sluice.db`. */
function sqliteFromUrl(url: string): string | PlaceProblem {
  const remedy = 'Write `sqlite:` and a path, such as `sqlite:./data/sluice.db`.';
  if (/^postgres(ql)?:/i.test(url))
    return { message: 'PostgreSQL is not supported in this version.', remedy };
  return pathAfter('sqlite:', url) ?? { message: 'The store must be a `sqlite:` URL with a path.', remedy };
}

/** The path of `file:./data/files`. */
function folderFromUrl(url: string): string | PlaceProblem {
  const remedy = 'Write `file:` and the path of a folder, such as `file:./data/files`.';
  if (/^s3:/i.test(url)) return { message: 'S3 is not supported in this version.', remedy };
  return pathAfter('file:', url) ?? { message: 'The file store must be a `file:` URL with a path.', remedy };
}

/** `sqlite:./x`, `sqlite:/x` and `sqlite:///x` are all understood. */
function pathAfter(scheme: string, url: string): string | null {
  if (!url.toLowerCase().startsWith(scheme)) return null;
  const path = url.slice(scheme.length).replace(/^\/\/(?=\/)/, '');
  return path === '' || path.startsWith('//') || path.startsWith(':') || path.includes('\0') ? null : path;
}
