/**
 * A submit that never happens: the same checks in the same order, and what they find as an answer. Bounded like a submit: the
 * same limits for bodies and downloads, a few at a time, one time limit over all of it. Nothing it fetches stays.
 */
import { type Fix, TaskError } from '@sluice/errors';
import { compileModel } from '../catalog/compile.ts';
import type { ModelDefinition } from '../catalog/model.ts';
import { quote } from '../catalog/price.ts';
import type { JsonObject } from '../json.ts';
import { Gate } from '../media/gate.ts';
import type { MilliCredits, Repair } from '../store/records.ts';
import { readBody } from './body.ts';
import { checkBody } from './check.ts';
import { tooFewCredits } from './credits.ts';
import { findModel } from './find-model.ts';
import type { CheckWords, Intake, IntakeDeps, Submission } from './intake.ts';
import { refusalOf } from './issues.ts';
import type { InlineMedia } from './media.ts';

export interface Preflight {
  /** True: a submit of the same body would be accepted, and its inputs would pass. */
  readonly ok: boolean;
  /** Each thing that is wrong as an error of its own; none of them has `issues`. */
  readonly issues: readonly TaskError[];
  /** Of all issues together: repairs that were tried and would do. */
  readonly fixes: readonly Fix[];
  /** What the `auto_fix` of this body would change. */
  readonly repairs: readonly Repair[];
  /** Null where the parameters are too wrong to tell. Credits may have thousandths. */
  readonly estimate: { readonly credits: number; readonly seconds: number } | null;
}

const PARALLEL = 4;
const LIMIT_MS = 60_000;

type Deps = Pick<IntakeDeps, 'catalog' | 'store' | 'clock' | 'config' | 'checkInputs' | 'checkWords'>;

export function createPreflight(deps: Deps): Intake['preflight'] {
  const gate = new Gate(PARALLEL);
  return async (submission) => {
    const overdue = new AbortController();
    const timer = deps.clock.after(LIMIT_MS, () => overdue.abort(tooSlow(submission.requestId)));
    try {
      return await preflight(deps, submission, gate, overdue.signal);
    } finally {
      timer.cancel();
    }
  };
}

async function preflight(
  deps: Deps,
  { body: received, key, requestId }: Pick<Submission, 'body' | 'key' | 'requestId'>,
  gate: Gate,
  signal: AbortSignal,
): Promise<Preflight> {
  const { catalog, store, config } = deps;
  const found = attempt(() => {
    const body = readBody(received);
    return { body, model: findModel(catalog, null, body.model, requestId) };
  });
  if (TaskError.is(found)) return answer([found], [], null);
  const { body, model } = found;
  const checked = checkBody(compileModel(model), body, config.inputs);
  const issues = checked.ok ? [] : each(refusalOf(checked.issues, requestId));

  const looked = checked.params
    ? await lookAt(
        deps,
        { accountId: key.accountId, model, params: checked.params, inline: checked.inline },
        gate,
        signal,
      )
    : [];
  if (TaskError.is(looked)) issues.push(...each(looked));
  const said = checked.params
    ? await listenTo(deps, { model: model.id, params: checked.params, key, requestId, signal })
    : null;
  if (said) issues.push(said);
  const repairs = TaskError.is(looked) ? [] : looked;
  if (!checked.ok) return answer(issues, [], null);

  const price = quote(model, checked.params);
  const balance = await store.balance(key.accountId).catch((cause: unknown) => {
    throw new TaskError('service_unavailable', {
      because: 'The balance could not be read just now.',
      requestId,
      cause,
    });
  });
  const leftToKey =
    key.creditLimit === null
      ? Number.POSITIVE_INFINITY
      : key.creditLimit - key.creditsReserved - key.creditsUsed;
  const short = shortOf(price.milliCredits, balance?.remaining ?? 0, leftToKey, requestId);
  const estimate = { credits: price.milliCredits / 1000, seconds: price.estimateSeconds };
  return answer([...issues, ...(short ? [short] : [])], issues.length === 0 ? repairs : [], estimate);
}

async function lookAt(
  { checkInputs }: Deps,
  work: {
    readonly accountId: string;
    readonly model: ModelDefinition;
    readonly params: JsonObject;
    readonly inline: readonly InlineMedia[];
  },
  gate: Gate,
  signal: AbortSignal,
): Promise<readonly Repair[] | TaskError> {
  const leave = await gate.enter(signal);
  try {
    const unkept = new Map(work.inline.map(({ key, data }) => [key, data]));
    return await checkInputs({
      accountId: work.accountId,
      model: work.model,
      params: work.params,
      unkept,
      signal,
    });
  } catch (error) {
    signal.throwIfAborted();
    if (TaskError.is(error)) return error;
    throw error;
  } finally {
    leave();
  }
}

async function listenTo({ checkWords }: Deps, words: Parameters<CheckWords>[0]): Promise<TaskError | null> {
  try {
    await checkWords(words);
    return null;
  } catch (error) {
    words.signal.throwIfAborted();
    if (TaskError.is(error) && error.code === 'content_policy_violation') return error;
    throw error;
  }
}

function answer(
  issues: readonly TaskError[],
  repairs: readonly Repair[],
  estimate: Preflight['estimate'],
): Preflight {
  const fixes = new Map(issues.flatMap((issue) => issue.fixes).map((fix) => [JSON.stringify(fix), fix]));
  return { ok: issues.length === 0, issues, fixes: [...fixes.values()], repairs, estimate };
}

function attempt<T>(work: () => T): T | TaskError {
  try {
    return work();
  } catch (error) {
    if (TaskError.is(error)) return error;
    throw error;
  }
}

function each(error: TaskError): TaskError[] {
  return error.issues.length === 0 ? [error] : [...error.issues];
}

function shortOf(
  required: MilliCredits,
  account: MilliCredits,
  key: MilliCredits,
  requestId: string,
): TaskError | null {
  const scope = required > account ? 'account' : required > key ? 'key' : null;
  if (scope === null) return null;
  const remaining = scope === 'account' ? account : key;
  return tooFewCredits({ kind: 'insufficient_credits', scope, required, remaining }, requestId);
}

function tooSlow(requestId: string): TaskError {
  return new TaskError('service_unavailable', {
    because: `The checks took longer than ${LIMIT_MS / 1000} s: the inputs are slow to download, or many requests are being checked.`,
    remedy: 'Try again in a moment, or submit: a task has more time.',
    requestId,
  });
}
