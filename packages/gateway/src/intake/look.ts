/**
 * What a request would meet as a task, before it is one: its inputs are downloaded, checked and repaired, its words and the sound
 * ones of its inputs moderated, and all that is found is told together. Nothing stays.
 */
import { TaskError } from '@sluice/errors';
import type { ModelDefinition } from '../catalog/model.ts';
import type { FileStore } from '../files/files.ts';
import type { JsonObject, JsonValue } from '../json.ts';
import type { MediaChecker } from '../media/checker.ts';
import { type SoundInput, type SoundInputs, surveyInputs } from '../media/survey.ts';
import type { Fetcher } from '../net/fetcher.ts';
import type { KeyRecord, Repair } from '../store/records.ts';

export interface LookRequest {
  readonly key: KeyRecord;
  readonly model: ModelDefinition;
  /** Null stands for what was refused already. */
  readonly params: JsonObject;
  /** Inline media by key. */
  readonly unkept: ReadonlyMap<string, Uint8Array>;
  readonly requestId: string;
  readonly signal: AbortSignal;
}

export interface Found {
  /** Each as an error of its own; none of them has `issues`. */
  readonly issues: readonly TaskError[];
  readonly repairs: readonly Repair[];
}

/** Rejects where the gateway cannot look: with `service_unavailable` where moderation could not. */
export type Look = (request: LookRequest) => Promise<Found>;

export interface Moderated {
  readonly accountId: string;
  readonly keyId: string;
  readonly model: string;
  readonly params: JsonObject;
  readonly requestId: string;
}

export interface LookDeps {
  readonly files: FileStore;
  readonly checker: MediaChecker;
  fetcherFor(accountId: string): Fetcher;
  /** The door that a task's words and inputs go through. Raises `content_policy_violation` and `service_unavailable`. */
  moderate(request: Moderated, sound: SoundInputs, signal: AbortSignal): Promise<void>;
}

/** A text that the schema refused for its length may be as long as a body. UTF-16 code units, over all texts. */
const MOST_WORDS = 100_000;

export function createLook({ files, checker, fetcherFor, moderate }: LookDeps): Look {
  return async ({ key, model, params, unkept, requestId, signal }) => {
    const { accountId } = key;
    const fetcher = fetcherFor(accountId);
    const request = { accountId, keyId: key.id, model: model.id, params: shortened(params), requestId };
    const { problem, repairs, looked } = await surveyInputs(
      { task: { params }, model, files, fetcher, checker, signal, unkept },
      (sound) => objectionsTo(request, sound, (one, inputs) => moderate(one, inputs, signal)),
    );
    return { issues: [...(problem ? each(problem) : []), ...looked], repairs };
  };
}

/**
 * All together first: one call where all is well, and the only one that sees what words and pictures make of each other. It names one
 * place; where it objects, every other place is looked at alone.
 */
async function objectionsTo(
  request: Moderated,
  sound: SoundInputs,
  moderate: (request: Moderated, sound: SoundInputs) => Promise<void>,
): Promise<readonly TaskError[]> {
  const ask = (params: JsonObject, inputs: readonly SoundInput[]) =>
    objection(moderate({ ...request, params }, { ...sound, inputs }));
  const first = await ask(request.params, sound.inputs);
  if (first === null) return [];
  const found = [first];
  const isOfInput = sound.inputs.some((input) => isAbout(first, input));
  if (isOfInput) found.push(...nonNull([await ask(request.params, [])]));
  for (const input of sound.inputs) {
    if (!isAbout(first, input)) found.push(...nonNull([await ask({}, [input])]));
  }
  return found;
}

async function objection(moderated: Promise<void>): Promise<TaskError | null> {
  try {
    await moderated;
    return null;
  } catch (error) {
    if (TaskError.is(error) && error.code === 'content_policy_violation') return error;
    throw error;
  }
}

/** `image_urls[1]`, `mask_url`. */
const isAbout = ({ param: at }: TaskError, { param, index }: SoundInput) =>
  at === `${param}[${index}]` || at === param;

const nonNull = <T>(values: readonly (T | null)[]): T[] => values.flatMap((value) => value ?? []);

export function each(error: TaskError): TaskError[] {
  return error.issues.length === 0 ? [error] : [...error.issues];
}

function shortened(params: JsonObject): JsonObject {
  let left = MOST_WORDS;
  const cut = (value: JsonValue): JsonValue => {
    if (typeof value === 'string') {
      const kept = value.slice(0, left);
      left -= kept.length;
      return kept;
    }
    if (typeof value !== 'object' || value === null) return value;
    return Array.isArray(value) ? value.map(cut) : cutAll(value);
  };
  const cutAll = (object: JsonObject): JsonObject =>
    Object.fromEntries(
      Object.entries(object).flatMap(([name, value]) => (value === undefined ? [] : [[name, cut(value)]])),
    );
  return cutAll(params);
}
