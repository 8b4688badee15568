/**
 * From a request to an accepted task. Read this first.
 *
 *   body.ts (bounded JSON) -> find-model.ts -> check.ts (schema, media URLs, what is not supported: all problems at once)
 *   -> inline media into the file store -> price -> ONE store call: idempotency, credits and the task's row -> onAdmitted
 *
 * When `submit` resolves, the task is on disk and this node holds its lease. Refusals are thrown as TaskErrors; nothing was
 * created then, and nothing was paid.
 */
import { TaskError } from '@sluice/errors';
import { compileModel } from '../catalog/compile.ts';
import type { TaskType } from '../catalog/model.ts';
import { quote } from '../catalog/price.ts';
import type { FileStore } from '../files/files.ts';
import type { KeyRecord, Millis, TaskRecord } from '../store/records.ts';
import type { Admission, AdmissionOutcome, Store } from '../store/store.ts';
import { readBody } from './body.ts';
import { checkBody } from './check.ts';
import { tooFewCredits } from './credits.ts';
import { findModel } from './find-model.ts';
import { fingerprint } from './fingerprint.ts';
import { refusalOf } from './issues.ts';
import type { InlineMedia, MediaPolicy } from './media.ts';
import { type Asked, createPreflight, type Preflight, type PreflightDeps } from './preflight.ts';

export interface Submission {
  /** The call it came to. */
  readonly type: TaskType;
  /** As parsed from JSON; not checked yet, and not changed. */
  readonly body: unknown;
  readonly key: KeyRecord;
  readonly requestId: string;
  /** The header `Idempotency-Key`. */
  readonly idempotencyKey: string | null;
}

export interface Submitted {
  readonly task: TaskRecord;
  /** True where the idempotency key gave a task of before, in its present state. */
  readonly replayed: boolean;
}

export interface Intake {
  /**
   * Raises `invalid_parameters`, `model_not_found`, `idempotency_conflict`, `quota_exceeded` (`account_quota`), and
   * `service_unavailable` where the store or the file store cannot write.
   */
  submit(submission: Submission): Promise<Submitted>;
  /**
   * Every check of a submit and of its task, inputs fetched and looked into, words and pictures moderated; no task, nothing kept,
   * nothing spent. What would be refused is in `issues`. Raises only what is no answer about the request: `service_unavailable`, and
   * `quota_exceeded` (`concurrency_limit`, `rate_limit`) where the account asks too much.
   */
  preflight(asked: Asked): Promise<Preflight>;
}

export interface IntakeDeps extends PreflightDeps {
  readonly store: Pick<Store, 'admit' | 'balance'>;
  readonly files: Pick<FileStore, 'put'>;
  /** At least 12 characters of a-z0-9 that nobody can guess. */
  randomId(): string;
  /** This node's name: it leases what it admits. */
  readonly node: string;
  readonly config: { readonly inputs: MediaPolicy; readonly retention: { readonly idempotencyMs: Millis } };
  /** Called once for each new task, after it is durable. */
  onAdmitted(task: TaskRecord): void;
}

export function createIntake(deps: IntakeDeps): Intake {
  const { catalog, store, files, clock, node, config } = deps;

  return {
    preflight: createPreflight(deps),

    async submit({ type, body: received, key, requestId, idempotencyKey }) {
      const now = clock.now();
      checkIdempotencyKey(idempotencyKey, requestId);
      const body = readBody(received);
      const model = findModel(catalog, type, body.model, requestId);
      const checked = checkBody(compileModel(model), body, config.inputs);
      if (!checked.ok) throw refusalOf(checked.issues, requestId);

      await keep(files, checked.inline, requestId);
      const price = quote(model, checked.params);
      const outcome = await admit(store, {
        id: `task-unified-${Math.floor(now / 1000)}-${deps.randomId()}`,
        accountId: key.accountId,
        keyId: key.id,
        requestId,
        type,
        model: model.id,
        params: checked.params,
        metadata: checked.metadata,
        createdAt: now,
        deadlineAt: now + model.timeoutMs,
        estimateSeconds: price.estimateSeconds,
        billingRule: price.billingRule,
        creditsReserved: price.milliCredits,
        owner: node,
        idempotency:
          idempotencyKey === null
            ? null
            : {
                key: idempotencyKey,
                fingerprint: fingerprint(type, body),
                expiresAt: now + config.retention.idempotencyMs,
              },
      });
      return settleOutcome(outcome, requestId, deps.onAdmitted);
    },
  };
}

function settleOutcome(
  outcome: AdmissionOutcome,
  requestId: string,
  onAdmitted: (task: TaskRecord) => void,
): Submitted {
  switch (outcome.kind) {
    case 'created':
      onAdmitted(outcome.task);
      return { task: outcome.task, replayed: false };
    case 'replayed':
      return { task: outcome.task, replayed: true };
    case 'conflict':
      throw new TaskError('idempotency_conflict', { param: 'Idempotency-Key', requestId });
    case 'insufficient_credits':
      throw tooFewCredits(outcome, requestId);
    default: {
      const never: never = outcome;
      return never;
    }
  }
}

/** 1 to 255 printable characters, as a header carries them. */
function checkIdempotencyKey(key: string | null, requestId: string): void {
  if (key === null || /^[\x20-\x7e]{1,255}$/.test(key)) return;
  throw new TaskError('invalid_parameters', {
    param: 'Idempotency-Key',
    because: 'The header Idempotency-Key must have 1 to 255 printable ASCII characters.',
    remedy: 'Use a UUID, for example.',
    requestId,
  });
}

/** Before admission, so that no accepted task misses its inputs; a refused one leaves them to the sweep. */
async function keep(
  files: Pick<FileStore, 'put'>,
  inline: readonly InlineMedia[],
  requestId: string,
): Promise<void> {
  try {
    for (const { key, data } of inline) await files.put(key, data);
  } catch (cause) {
    const because = 'The inline media could not be stored; no task was created.';
    throw new TaskError('service_unavailable', { because, requestId, cause });
  }
}

async function admit(store: Pick<Store, 'admit'>, admission: Admission): Promise<AdmissionOutcome> {
  try {
    return await store.admit(admission);
  } catch (cause) {
    throw new TaskError('service_unavailable', {
      because: 'The task could not be written down just now.',
      remedy: 'Send it again in a moment; with the same Idempotency-Key it is never made twice.',
      requestId: admission.requestId,
      cause,
    });
  }
}
