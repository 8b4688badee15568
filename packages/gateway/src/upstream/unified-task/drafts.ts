/**
 * What was about to be sent, on disk before it is: with it a submit whose answer was lost can be sent again word for word, which
 * the other gateway answers with the task it already has, as long as it knows the Idempotency-Key. Another body under the same
 * key it would refuse, and the engine asks by the key alone.
 *
 * Drafts belong to this machine: another node that takes the task over finds none, and the task waits its window out.
 * A draft that is accepted shrinks to the task's id, and goes when the gateway needs the job no more.
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Static, Type } from 'typebox';
import { guard } from '../../guard.ts';
import type { JsonObject } from '../../json.ts';

const Sent = Type.Object({
  kind: Type.Literal('sent'),
  path: Type.String(),
  body: Type.Unsafe<JsonObject>({ type: 'object' }),
  /** Milliseconds since 1970. */
  at: Type.Number(),
});
const Accepted = Type.Object({ kind: Type.Literal('accepted'), id: Type.String({ minLength: 1 }) });
const Draft = Type.Union([Sent, Accepted]);
export type Draft = Static<typeof Draft>;

const isDraft = guard(Draft);

export interface Drafts {
  /** On disk when it resolves. */
  keep(key: string, draft: Draft): Promise<void>;
  /** Null where there is none, or none that can be read: then nothing is known. */
  find(key: string): Promise<Draft | null>;
  drop(key: string): Promise<void>;
  /** Removes what nobody asked for any more since `before`. Never throws. */
  sweep(before: number): Promise<void>;
}

export function openDrafts(folder: string): Drafts {
  const fileOf = (key: string) => join(folder, `${createHash('sha256').update(key).digest('hex')}.json`);
  return {
    async keep(key, draft) {
      await mkdir(folder, { recursive: true });
      const file = fileOf(key);
      await writeFile(`${file}.part`, JSON.stringify(draft), { flush: true });
      await rename(`${file}.part`, file);
    },
    async find(key) {
      try {
        const draft: unknown = JSON.parse(await readFile(fileOf(key), 'utf8'));
        return isDraft(draft) ? draft : null;
      } catch {
        return null;
      }
    },
    drop: (key) => rm(fileOf(key), { force: true }),
    async sweep(before) {
      try {
        for (const name of await readdir(folder)) {
          const file = join(folder, name);
          if ((await stat(file)).mtimeMs < before) await rm(file, { force: true });
        }
      } catch {
        // No folder yet, or another process was faster.
      }
    },
  };
}
