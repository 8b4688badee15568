/**
 * The media of a task, made ready before anything is paid: fetched, looked into, held against the model, repaired where the
 * client allows it, and kept. Read this first; the steps are references.ts (load), checker.ts (look), judge.ts with limits.ts
 * and match.ts (judge), mend.ts (repair), problem.ts (answer).
 */

import type { TaskError } from '@sluice/errors';
import { MEDIA_PARAMS } from '../catalog/compile.ts';
import type { ModelDefinition } from '../catalog/model.ts';
import type { FileStore, StoredFile } from '../files/files.ts';
import type { JsonObject } from '../json.ts';
import type { Fetcher } from '../net/fetcher.ts';
import type { Repair, StoredInput, TaskRecord } from '../store/records.ts';
import { AUTO_FIX, readAutoFix } from './auto-fix.ts';
import type { MediaChecker } from './checker.ts';
import { fileExtension } from './formats.ts';
import { demandedSize } from './geometry.ts';
import type { MediaFacts } from './inspection.ts';
import { judge } from './judge.ts';
import { type Examined, mend, type Usable } from './mend.ts';
import { errorOf, type Problem } from './problem.ts';
import { KIND_OF_PARAM, load, type Reference, referencesOf } from './references.ts';

/** Downloads and checks of one task at the same time. */
const PARALLEL = 4;

/**
 * Images are downloaded up to here even where the model takes less (100 MB and the like stay the installation's bound): whether
 * `compress` helps can only be said of a picture one has.
 */
const COMPRESSIBLE_BYTES = 50_000_000;

export interface CheckOptions {
  readonly task: Pick<TaskRecord, 'params'>;
  readonly model: ModelDefinition;
  readonly files: FileStore;
  readonly fetcher: Fetcher;
  readonly checker: MediaChecker;
  readonly signal: AbortSignal;
  /** Inline media by key, where intake did not put them into the file store. */
  readonly unkept?: ReadonlyMap<string, Uint8Array>;
}

export interface PrepareOptions extends CheckOptions {
  readonly task: Pick<TaskRecord, 'id' | 'params'>;
}

export interface PreparedInputs {
  /** By parameter, then by place in it. A URL named twice is one file with two entries. */
  readonly inputs: StoredInput[];
  /** The task's parameters without those that carry media, and without `auto_fix`. */
  readonly params: JsonObject;
  readonly repairs: Repair[];
}

/**
 * Done again after a crash it gives the same.
 *
 * Raises one TaskError for everything that is wrong with all inputs: `invalid_parameters` (`image_dimension`,
 * `file_too_large`, `unsupported_format`, `video_duration`), `image_processing_error` (`url_inaccessible`,
 * `unsupported_format`, `corrupted`, `network`) or `image_dimension_mismatch`; with several problems each is in `issues`.
 */
export function prepareInputs(options: PrepareOptions): Promise<PreparedInputs> {
  return examine(options, async (usable, problem) => {
    if (problem) throw problem;
    return {
      inputs: await keepAll(usable, options),
      params: withoutMedia(options.task.params),
      repairs: repairsOf(usable, options),
    };
  });
}

/**
 * Loads, looks, judges and repairs. `use` gets what is sound, in order, and one error for all the rest; the files are there until
 * it resolves.
 */
export async function examine<T>(
  options: CheckOptions,
  use: (usable: readonly Usable[], problem: TaskError | null) => Promise<T>,
): Promise<T> {
  const { task, model } = options;
  const { references, problems } = referencesOf(task.params, model);
  const seen = new Map<string, Seen>();
  try {
    await eachOf(new Set(references.map((reference) => reference.url)), async (url) => {
      seen.set(
        url,
        await look(
          url,
          references.filter((reference) => reference.url === url),
          options,
        ),
      );
    });

    const judged = new Map<Reference, Judged>();
    await eachOf(references, async (reference) => {
      const found = seen.get(reference.url);
      if (found?.kind === 'problem') judged.set(reference, { problems: [found.at(reference)] });
      if (found?.kind === 'seen') judged.set(reference, await settle(reference, found, options));
    });
    const inOrder = references.flatMap((reference) => judged.get(reference) ?? []);
    problems.push(...inOrder.flatMap((one) => ('problems' in one ? one.problems : [])));
    const [first, ...others] = problems;
    return await use(
      inOrder.filter((one) => 'facts' in one),
      first ? errorOf([first, ...others]) : null,
    );
  } finally {
    await Promise.all([...seen.values()].map((one) => (one.kind === 'seen' ? one.file.discard() : null)));
  }
}

type Seen =
  | ({ readonly kind: 'seen' } & Examined)
  | { readonly kind: 'problem'; readonly at: (reference: Reference) => Problem };

type Judged = Usable | { readonly problems: readonly Problem[] };

async function look(url: string, references: readonly Reference[], options: CheckOptions): Promise<Seen> {
  const outcome = await load(url, Math.max(...references.map(bytesToFetch)), options);
  if (outcome.kind === 'problem') return outcome;
  try {
    const inspection = await options.checker.inspect(outcome.file.source, options.signal);
    return { kind: 'seen', file: outcome.file, inspection };
  } catch (error) {
    await outcome.file.discard();
    throw error;
  }
}

function bytesToFetch({ param, limits }: Reference): number {
  const most = limits.maxBytes ?? Number.POSITIVE_INFINITY;
  return KIND_OF_PARAM[param] === 'image' ? Math.max(most, COMPRESSIBLE_BYTES) : most;
}

/** An input that fits, or that was made to fit; else what is wrong with it, and the repairs that would do. */
function settle(reference: Reference, examined: Examined, options: CheckOptions): Promise<Judged> {
  const { params } = options.task;
  const { path, param, limits } = reference;
  const demand = { limits, exact: demandedSize(limits, params) };
  const subject = { param: path, expects: KIND_OF_PARAM[param], bytes: examined.file.bytes };
  const verdict = judge(examined.inspection, subject, demand);
  const { ops } = readAutoFix(params);
  return mend({ reference, examined, verdict, demand, ops, ...options });
}

export function repairsOf(usable: readonly Usable[], { task }: CheckOptions): Repair[] {
  return [...readAutoFix(task.params).made, ...usable.flatMap((one) => one.repairs)];
}

async function keepAll(usable: readonly Usable[], { task }: PrepareOptions): Promise<StoredInput[]> {
  const kept = new Map<string, StoredFile>();
  const inputs: StoredInput[] = [];
  for (const { reference, facts, file, repairs } of usable) {
    const { param, index, url } = reference;
    // What one parameter needed repaired, another may take as it came.
    const same = repairs.length === 0 ? url : `${param} ${url}`;
    let stored = kept.get(same);
    if (!stored) {
      stored = await file.keep(`inputs/${task.id}/${param}-${index}.${fileExtension(facts.mimeType)}`);
      kept.set(same, stored);
    }
    inputs.push({
      param,
      index,
      fileKey: stored.key,
      bytes: stored.bytes,
      sha256: stored.sha256,
      ...told(facts),
    });
  }
  return inputs;
}

/** What was seen, as the record of an input tells it. */
export function told(
  facts: MediaFacts,
): Pick<StoredInput, 'kind' | 'mimeType' | 'width' | 'height' | 'seconds'> {
  return {
    kind: facts.kind,
    mimeType: facts.mimeType,
    width: facts.kind === 'audio' ? null : facts.width,
    height: facts.kind === 'audio' ? null : facts.height,
    seconds: facts.kind === 'image' ? null : facts.seconds,
  };
}

function withoutMedia(params: JsonObject): JsonObject {
  const names: ReadonlySet<string> = new Set([...MEDIA_PARAMS, AUTO_FIX]);
  return Object.fromEntries(Object.entries(params).filter(([name]) => !names.has(name)));
}

/** A few at a time; the first to throw stops the others from starting, and is thrown once those under way are done. */
async function eachOf<T>(items: Iterable<T>, work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  const failures: unknown[] = [];
  const lane = async () => {
    for (let item = queue.shift(); item !== undefined && failures.length === 0; item = queue.shift()) {
      await work(item).catch((error: unknown) => failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, lane));
  if (failures.length > 0) throw failures[0];
}
