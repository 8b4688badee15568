/**
 * The media of a task, made ready before anything is paid: fetched, looked into, held against the model, and kept. Read this
 * first; the steps are references.ts (load), checker.ts (look), limits.ts and match.ts (judge), problem.ts (answer).
 */
import type { InputLimits, ModelDefinition } from '../catalog/model.ts';
import type { FileStore, StoredFile } from '../files/files.ts';
import type { JsonObject } from '../json.ts';
import type { Fetcher } from '../net/fetcher.ts';
import type { Repair, StoredInput, TaskRecord } from '../store/records.ts';
import type { MediaChecker } from './checker.ts';
import { fileExtension } from './formats.ts';
import type { Inspection, MediaFacts } from './inspection.ts';
import { brokenLimits, usableAs } from './limits.ts';
import { exactSize, sizeMismatch } from './match.ts';
import { errorOf, type Problem } from './problem.ts';
import {
  KIND_OF_PARAM,
  type Loaded,
  load,
  MEDIA_PARAMS,
  type Reference,
  referencesOf,
} from './references.ts';

/** Downloads and checks of one task at the same time. */
const PARALLEL = 4;

export interface PrepareOptions {
  readonly task: Pick<TaskRecord, 'id' | 'params'>;
  readonly model: ModelDefinition;
  readonly files: FileStore;
  readonly fetcher: Fetcher;
  readonly checker: MediaChecker;
  readonly signal: AbortSignal;
}

export interface PreparedInputs {
  /** By parameter, then by place in it. A URL named twice is one file with two entries. */
  readonly inputs: StoredInput[];
  /** The task's parameters without those that carry media. */
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
export async function prepareInputs(options: PrepareOptions): Promise<PreparedInputs> {
  const { task, model } = options;
  const { references, problems } = referencesOf(task.params, model);
  const seen = new Map<string, Seen>();
  try {
    await eachOf(new Set(references.map((reference) => reference.url)), async (url) => {
      const limits = references.filter((reference) => reference.url === url).map((one) => one.limits);
      seen.set(url, await look(url, limits, options));
    });

    const usable: { reference: Reference; facts: MediaFacts; file: Loaded }[] = [];
    for (const reference of references) {
      const found = seen.get(reference.url);
      if (found?.kind === 'problem') problems.push(found.at(reference));
      if (found?.kind !== 'seen') continue;
      const judged = judge(reference, found, task.params);
      problems.push(...judged.problems);
      if (judged.facts) usable.push({ reference, facts: judged.facts, file: found.file });
    }
    const [first, ...others] = problems;
    if (first) throw errorOf([first, ...others]);

    return { inputs: await keepAll(usable, options), params: withoutMedia(task.params), repairs: [] };
  } finally {
    await Promise.all([...seen.values()].map((one) => (one.kind === 'seen' ? one.file.discard() : null)));
  }
}

type Seen =
  | { readonly kind: 'seen'; readonly file: Loaded; readonly inspection: Inspection }
  | { readonly kind: 'problem'; readonly at: (reference: Reference) => Problem };

async function look(url: string, limits: readonly InputLimits[], options: PrepareOptions): Promise<Seen> {
  const maxBytes = Math.max(...limits.map((one) => one.maxBytes ?? Number.POSITIVE_INFINITY));
  const outcome = await load(url, maxBytes, options);
  if (outcome.kind === 'problem') return outcome;
  try {
    const inspection = await options.checker.inspect(outcome.file.source, options.signal);
    return { kind: 'seen', file: outcome.file, inspection };
  } catch (error) {
    await outcome.file.discard();
    throw error;
  }
}

function judge(
  { path, param, limits }: Reference,
  { file, inspection }: Extract<Seen, { kind: 'seen' }>,
  params: JsonObject,
): { facts: MediaFacts | null; problems: Problem[] } {
  const subject = { param: path, expects: KIND_OF_PARAM[param], bytes: file.bytes };
  const facts = usableAs(inspection, subject, limits);
  if ('code' in facts) return { facts: null, problems: [facts] };
  const problems = brokenLimits(facts, subject, limits);
  const expected = limits.mustMatch === undefined ? null : exactSize(params[limits.mustMatch]);
  if (expected && limits.mustMatch !== undefined && facts.kind !== 'audio') {
    const mismatch = sizeMismatch(limits.mustMatch, expected, path, facts);
    if (mismatch) problems.push(mismatch);
  }
  return { facts, problems };
}

async function keepAll(
  usable: readonly { reference: Reference; facts: MediaFacts; file: Loaded }[],
  { task }: PrepareOptions,
): Promise<StoredInput[]> {
  const kept = new Map<string, StoredFile>();
  const inputs: StoredInput[] = [];
  for (const { reference, facts, file } of usable) {
    const { param, index, url } = reference;
    let stored = kept.get(url);
    if (!stored) {
      stored = await file.keep(`inputs/${task.id}/${param}-${index}.${fileExtension(facts.mimeType)}`);
      kept.set(url, stored);
    }
    inputs.push({
      param,
      index,
      kind: facts.kind,
      fileKey: stored.key,
      mimeType: facts.mimeType,
      bytes: stored.bytes,
      sha256: stored.sha256,
      width: facts.kind === 'audio' ? null : facts.width,
      height: facts.kind === 'audio' ? null : facts.height,
      seconds: facts.kind === 'image' ? null : facts.seconds,
    });
  }
  return inputs;
}

function withoutMedia(params: JsonObject): JsonObject {
  const names: ReadonlySet<string> = new Set(MEDIA_PARAMS);
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
