/** Writes an output so that it is never seen half: under a temporary name first. */
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Gives the path of the finished file. */
export async function keep(folder: string, name: string, data: Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(`${path}.part`, data);
  await rename(`${path}.part`, path);
  return path;
}
