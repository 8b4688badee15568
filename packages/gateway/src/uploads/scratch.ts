/** Bytes on their way in: a file of this machine that is taken over or thrown away. */
import { randomUUID } from 'node:crypto';
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';

export interface ScratchFile {
  readonly path: string;
  readonly bytes: number;
  /** Fine when the file was taken over already. */
  discard(): Promise<void>;
}

/**
 * Streams into a new file of `folder`; null, and no file, once there are more than `maxBytes`. What `chunks` throws is thrown on
 * after the file is gone. Memory holds one chunk.
 */
export async function saveChunks(
  chunks: AsyncIterable<Uint8Array>,
  { folder, maxBytes }: { readonly folder: string; readonly maxBytes: number },
): Promise<ScratchFile | null> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, `upload-${randomUUID()}`);
  const discard = () => rm(path, { force: true });
  const file = await open(path, 'wx');
  let kept = false;
  try {
    let bytes = 0;
    for await (const chunk of chunks) {
      bytes += chunk.byteLength;
      if (bytes > maxBytes) return null;
      await file.writeFile(chunk);
    }
    kept = true;
    return { path, bytes, discard };
  } finally {
    await file.close();
    if (!kept) await discard();
  }
}
