/**
 * A look at inputs of which nothing is kept: for a request that is not a task yet. The same downloads, checks and repairs as those
 * of a task (inputs.ts), but the sound ones are told of although others are not, and read where they lie.
 */
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { TaskError } from '@sluice/errors';
import type { FileStore } from '../files/files.ts';
import type { Repair, StoredInput } from '../store/records.ts';
import { type CheckOptions, examine, repairsOf, told } from './inputs.ts';
import type { Usable } from './mend.ts';

export interface Survey<T> {
  /** What is wrong, as a task would be told; null where nothing is. */
  readonly problem: TaskError | null;
  /** Those of the sound inputs, and what intake changed before. */
  readonly repairs: readonly Repair[];
  readonly looked: T;
}

/** An input as a task's record tells it, but for its hash: that is asked of what is kept only. */
export type SoundInput = Omit<StoredInput, 'sha256'>;

/** Their bytes are there until `look` has resolved. */
export interface SoundInputs {
  readonly inputs: readonly SoundInput[];
  readonly files: Pick<FileStore, 'read' | 'open'>;
}

/** Rejects where the gateway itself cannot look, and where `look` does. */
export function surveyInputs<T>(
  options: CheckOptions,
  look: (sound: SoundInputs) => Promise<T>,
): Promise<Survey<T>> {
  return examine(options, async (usable, problem) => ({
    problem,
    repairs: repairsOf(usable, options),
    looked: await look(whereTheyLie(usable)),
  }));
}

function whereTheyLie(usable: readonly Usable[]): SoundInputs {
  const sources = new Map(usable.map((one) => [keyOf(one), one.file.source]));
  return {
    inputs: usable.map((one) => ({
      param: one.reference.param,
      index: one.reference.index,
      fileKey: keyOf(one),
      bytes: one.file.bytes,
      ...told(one.facts),
    })),
    files: {
      async read(key) {
        const source = sources.get(key);
        return typeof source === 'string' ? readFile(source) : (source ?? null);
      },
      async open(key, range) {
        const source = sources.get(key);
        if (source === undefined) return null;
        if (typeof source === 'string') return createReadStream(source, range ?? {});
        return Readable.from([range ? source.subarray(range.start, range.end + 1) : source]);
      },
    },
  };
}

const keyOf = ({ reference: { path } }: Usable) => `survey/${path}`;
