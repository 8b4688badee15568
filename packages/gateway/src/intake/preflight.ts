/**
 * A submit that never happens: the same checks in the same order, and what they find as one answer: parameters, links, inputs, words,
 * pictures, routes and credits together. Bounded: the limits of a submit for bodies and downloads, a few at a time, one time limit over
 * all of it, and not without end against the content policy. Nothing it fetches stays.
 */
import { type Fix, TaskError } from '@sluice/errors';
import { compileModel } from '../catalog/compile.ts';
import type { Catalog, ModelDefinition } from '../catalog/model.ts';
import { quote } from '../catalog/price.ts';
import type { Clock } from '../clock.ts';
import { Gate } from '../gate.ts';
import type { KeyRecord, MilliCredits, Repair } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { type Entry, Turnstile } from '../turnstile.ts';
import { Allowance } from './allowance.ts';
import { readBody } from './body.ts';
import { checkBody } from './check.ts';
import { tooFewCredits } from './credits.ts';
import { findModel } from './find-model.ts';
import { refusalOf } from './issues.ts';
import { each, type Look } from './look.ts';
import type { MediaPolicy } from './media.ts';

export interface Asked {
  /** As parsed from JSON; not checked yet, and not changed. */
  readonly body: unknown;
  readonly key: KeyRecord;
  readonly requestId: string;
  /** Aborted when nobody waits for the answer any more; the call rejects with its reason then. */
  readonly signal?: AbortSignal;
}

export interface Preflight {
  /** True: a submit of the same body would be accepted, and its inputs would pass. */
  readonly ok: boolean;
  /** Each thing that is wrong as an error of its own; none of them has `issues`. */
  readonly issues: readonly TaskError[];
  /** Of all issues together: repairs that were tried and would do. */
  readonly fixes: readonly Fix[];
  /** What the `auto_fix` of this body would change, also where something else is wrong. */
  readonly repairs: readonly Repair[];
  /** Null where the parameters are too wrong to tell. Credits may have thousandths. */
  readonly estimate: { readonly credits: number; readonly seconds: number } | null;
}

/** Under way at once; inputs of some of them are looked at, the others wait for that. */
const AT_ONCE = { each: 4, all: 32 };
/** Of inline media, which stays in memory meanwhile: a body with as much as there may be in one always finds room for itself. */
const BYTES_AT_ONCE = { each: 128_000_000, all: 384_000_000 };
const LOOKING = 8;
const LIMIT_MS = 60_000;

/** Each refusal of the content policy is written down for the operator, so an account may not ask for them without end. */
const REFUSALS = { burst: 30, everyMs: 20_000 };

export interface PreflightDeps {
  readonly catalog: Catalog;
  readonly store: Pick<Store, 'balance'>;
  readonly clock: Clock;
  readonly config: { readonly inputs: MediaPolicy };
  readonly look: Look;
  /** What a new task of the model would fail with for want of a route; null where one takes it, or would soon. */
  noRoute(model: ModelDefinition): TaskError | null;
}

export function createPreflight(deps: PreflightDeps): (asked: Asked) => Promise<Preflight> {
  const turnstile = new Turnstile(AT_ONCE);
  const memory = new Turnstile(BYTES_AT_ONCE);
  const gate = new Gate(LOOKING);
  const refusals = new Allowance(REFUSALS, deps.clock);

  const look: Look = async (request) => {
    const bytes = [...request.unkept.values()].reduce((sum, data) => sum + data.byteLength, 0);
    const held = memory.enter(request.key.accountId, bytes);
    if (held.kind === 'full') throw tooMany(held, 'bytes of inline media', request.requestId);
    const leave = await gate.enter(request.signal).catch((error: unknown) => {
      held.leave();
      throw error;
    });
    try {
      const found = await deps.look(request);
      for (const { code } of found.issues) {
        if (code === 'content_policy_violation') refusals.spend(request.key.accountId);
      }
      return found;
    } catch (error) {
      request.signal.throwIfAborted();
      // Nobody could look, which is written down as well.
      if (TaskError.is(error)) refusals.spend(request.key.accountId);
      throw error;
    } finally {
      leave();
      held.leave();
    }
  };

  return async (asked) => {
    const { accountId } = asked.key;
    const wait = refusals.waitMs(accountId);
    if (wait > 0) throw tooManyRefusals(wait, asked.requestId);
    const entry = turnstile.enter(accountId);
    if (entry.kind === 'full') throw tooMany(entry, 'preflights', asked.requestId);
    const overdue = new AbortController();
    const timer = deps.clock.after(LIMIT_MS, () => overdue.abort(tooSlow(asked.requestId)));
    try {
      const signals = [overdue.signal, ...(asked.signal ? [asked.signal] : [])];
      return await preflight({ ...deps, look }, asked, AbortSignal.any(signals));
    } finally {
      timer.cancel();
      entry.leave();
    }
  };
}

async function preflight(
  { catalog, store, config, look, noRoute }: PreflightDeps,
  { body: received, key, requestId }: Asked,
  signal: AbortSignal,
): Promise<Preflight> {
  const named = attempt(() => {
    const body = readBody(received);
    return { body, model: findModel(catalog, null, body.model, requestId) };
  });
  if (TaskError.is(named)) return answer([named], [], null);
  const { body, model } = named;
  const checked = checkBody(compileModel(model), body, config.inputs);
  const issues = checked.ok ? [] : each(refusalOf(checked.issues, requestId));

  const unkept = new Map(checked.inline.map(({ key: name, data }) => [name, data]));
  const found = await look({ key, model, params: checked.params, unkept, requestId, signal });
  issues.push(...found.issues);
  const routeless = noRoute(model);
  if (routeless) issues.push(routeless);
  if (!checked.ok) return answer(issues, found.repairs, null);

  const price = quote(model, checked.params);
  const short = await shortOf(price.milliCredits, key, store, requestId);
  if (short) issues.push(short);
  const estimate = { credits: price.milliCredits / 1000, seconds: price.estimateSeconds };
  return answer(issues, found.repairs, estimate);
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

async function shortOf(
  required: MilliCredits,
  key: KeyRecord,
  store: PreflightDeps['store'],
  requestId: string,
): Promise<TaskError | null> {
  const balance = await store.balance(key.accountId).catch((cause: unknown) => {
    const because = 'The balance could not be read just now.';
    throw new TaskError('service_unavailable', { because, requestId, cause });
  });
  const ofAccount = balance?.remaining ?? 0;
  const ofKey =
    key.creditLimit === null
      ? Number.POSITIVE_INFINITY
      : key.creditLimit - key.creditsReserved - key.creditsUsed;
  const scope = required > ofAccount ? 'account' : required > ofKey ? 'key' : null;
  if (scope === null) return null;
  const remaining = scope === 'account' ? ofAccount : ofKey;
  return tooFewCredits({ kind: 'insufficient_credits', scope, required, remaining }, requestId);
}

function tooMany(
  { bound, most }: Extract<Entry, { kind: 'full' }>,
  what: 'preflights' | 'bytes of inline media',
  requestId: string,
): TaskError {
  switch (bound) {
    case 'each':
      return new TaskError('quota_exceeded', {
        subtype: 'concurrency_limit',
        because: `Preflights of this account that are under way take all there is for it: ${most} ${what}.`,
        remedy: 'Wait for one of them to be answered, then ask again.',
        details: { limit: most },
        afterSeconds: 2,
        requestId,
      });
    case 'all':
      return new TaskError('service_unavailable', {
        because: `Preflights that are under way take all this gateway has for them: ${most} ${what}.`,
        remedy: 'Ask again in a moment, or submit: tasks wait their turn.',
        afterSeconds: 5,
        requestId,
      });
    default: {
      const never: never = bound;
      return never;
    }
  }
}

function tooManyRefusals(waitMs: number, requestId: string): TaskError {
  return new TaskError('quota_exceeded', {
    subtype: 'rate_limit',
    because: 'Moderation refused too many preflights of this account lately, or could not look at them.',
    remedy: 'Change the content before you ask again.',
    details: { limit: REFUSALS.burst },
    afterSeconds: Math.ceil(waitMs / 1000),
    requestId,
  });
}

function tooSlow(requestId: string): TaskError {
  return new TaskError('service_unavailable', {
    because: `The checks took longer than ${LIMIT_MS / 1000} s: the inputs are slow to download, or many requests are being checked.`,
    remedy: 'Try again in a moment, or submit: a task has more time.',
    requestId,
  });
}
