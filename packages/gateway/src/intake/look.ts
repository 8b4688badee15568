/**
 * What a request would meet as a task, before it is one: its inputs are downloaded, checked and repaired, its words and the sound
 * ones of its inputs moderated, and all that is found is told together. Nothing stays.
 */
import { TaskError } from '@sluice/errors';
import type { ModelDefinition } from '../catalog/model.ts';
import type { FileStore } from '../files/files.ts';
import type { JsonObject, JsonValue } from '../json.ts';
import type { MediaChecker } from '../media/checker.ts';
import { type SoundInputs, surveyInputs } from '../media/survey.ts';
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
      (sound) => objectionsOf(moderate(request, sound, signal)),
    );
    return { issues: [...(problem ? each(problem) : []), ...looked], repairs };
  };
}

/** Words and inputs in one look, as a task's are: only so is seen what they make of each other. Each place is an issue of its own. */
async function objectionsOf(moderated: Promise<void>): Promise<readonly TaskError[]> {
  try {
    await moderated;
    return [];
  } catch (error) {
    if (TaskError.is(error) && error.code === 'content_policy_violation') return each(error);
    throw error;
  }
}

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
