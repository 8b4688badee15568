/**
 * What each change makes of a task's record: pure, and the same for every engine. An engine computes the next record here, writes
 * it under the fence, and hands out this very object once it is on disk.
 *
 * A change that does not fit the task's step is a bug of the caller, not a race (races end as `fenced`): it is refused with
 * `service_error`, and nothing is written.
 */
import { type ErrorObject, TaskError } from '@sluice/errors';
import type { AttemptState, AttemptSummary, TaskRecord, TaskStep } from './records.ts';
import type { Admission, AttemptEnd, TaskChange } from './store.ts';

/** The record of a task that has just been admitted. The admission's values are frozen: they belong to the record from here on. */
export function admitted(admission: Admission): TaskRecord {
  return frozen<TaskRecord>({
    id: admission.id,
    accountId: admission.accountId,
    keyId: admission.keyId,
    requestId: admission.requestId,
    type: admission.type,
    model: admission.model,
    params: admission.params,
    metadata: admission.metadata,
    status: 'pending',
    step: 'prepare',
    version: 1,
    owner: admission.owner,
    progress: 0,
    createdAt: admission.createdAt,
    deadlineAt: admission.deadlineAt,
    startedAt: null,
    finishedAt: null,
    cancelRequestedAt: null,
    estimateSeconds: admission.estimateSeconds,
    billingRule: admission.billingRule,
    creditsReserved: admission.creditsReserved,
    creditsUsed: 0,
    attempts: [],
    inputs: [],
    repairs: [],
    handle: null,
    outputs: [],
    reconcileUntil: null,
    results: [],
    error: null,
  });
}

/**
 * The record after `change`, or the same object where the change is one the store ignores (progress that would fall).
 *
 * @throws TaskError `service_error` where the change does not fit the task.
 */
export function changed(task: TaskRecord, change: TaskChange): TaskRecord {
  const version = task.version + 1;
  switch (change.kind) {
    case 'prepared': {
      allow(task, change, ['prepare']);
      const { params, inputs, repairs } = change;
      return frozen<TaskRecord>({ ...task, version, step: 'submit', params, inputs, repairs });
    }
    case 'attempt_begun': {
      allow(task, change, ['prepare', 'submit']);
      return frozen<TaskRecord>({
        ...task,
        version,
        step: 'submit',
        status: 'processing',
        startedAt: task.startedAt ?? change.at,
        attempts: withAttempt(task, change),
        handle: null,
      });
    }
    case 'attempt_accepted': {
      allow(task, change, ['submit', 'reconcile']);
      const attempts = withState(task, { number: change.number, state: 'accepted', code: null });
      return frozen<TaskRecord>({
        ...task,
        version,
        step: 'watch',
        attempts,
        handle: change.handle,
        reconcileUntil: null,
      });
    }
    case 'attempt_lost': {
      allow(task, change, ['submit']);
      const attempts = withState(task, change.end);
      const { reconcileUntil } = change;
      return frozen<TaskRecord>({ ...task, version, step: 'reconcile', attempts, reconcileUntil });
    }
    case 'attempt_over': {
      allow(task, change, ['submit', 'watch', 'reconcile', 'collect']);
      return frozen<TaskRecord>({
        ...task,
        version,
        step: 'submit',
        attempts: withState(task, change.end),
        handle: null,
        outputs: [],
        reconcileUntil: null,
      });
    }
    case 'progressed': {
      allow(task, change, ['watch']);
      const progress = Math.min(99, Math.floor(change.progress));
      return progress > task.progress ? frozen<TaskRecord>({ ...task, version, progress }) : task;
    }
    case 'outputs_ready':
      allow(task, change, ['submit', 'watch']);
      return frozen<TaskRecord>({ ...task, version, step: 'collect', outputs: change.outputs });
    case 'completed': {
      allow(task, change, ['submit', 'watch', 'collect', 'reconcile']);
      const { creditsUsed, results } = change;
      if (!Number.isSafeInteger(creditsUsed) || creditsUsed < 0 || creditsUsed > task.creditsReserved) {
        throw refusal(
          task,
          `a settlement of ${creditsUsed} thousandths does not lie between 0 and the reservation of ${task.creditsReserved}`,
        );
      }
      return frozen<TaskRecord>({
        ...done(task, withState(task, change.end), change.end.at),
        status: 'completed',
        progress: 100,
        creditsUsed,
        results,
      });
    }
    case 'failed': {
      allow(task, change, ['prepare', 'submit', 'watch', 'collect', 'reconcile']);
      const attempts = change.end === null ? task.attempts : withState(task, change.end);
      return frozen<TaskRecord>({
        ...done(task, attempts, change.at),
        status: 'failed',
        error: change.error,
      });
    }
    default: {
      const never: never = change;
      throw new Error(`Not a change of a task: ${JSON.stringify(never)}`);
    }
  }
}

/** The record of a task that was cancelled before its first attempt. */
export function cancelled(task: TaskRecord, error: ErrorObject, at: number): TaskRecord {
  return changed(task, { kind: 'failed', error, at, end: null });
}

function done(task: TaskRecord, attempts: readonly AttemptSummary[], finishedAt: number): TaskRecord {
  return {
    ...task,
    version: task.version + 1,
    step: 'done',
    owner: null,
    attempts,
    outputs: [],
    reconcileUntil: null,
    finishedAt,
  };
}

function allow(task: TaskRecord, change: TaskChange, steps: readonly TaskStep[]): void {
  if (steps.includes(task.step)) return;
  throw refusal(
    task,
    `a change of kind "${change.kind}" belongs to step ${steps.join(', ')}, and the task is in "${task.step}"`,
  );
}

function withAttempt(
  task: TaskRecord,
  begun: Extract<TaskChange, { kind: 'attempt_begun' }>,
): AttemptSummary[] {
  const under = task.attempts.find((attempt) => isUnderWay(attempt.state));
  if (under) throw refusal(task, `attempt ${under.number} is still under way`);
  if (begun.number !== task.attempts.length + 1) {
    throw refusal(task, `attempt ${begun.number} cannot follow ${task.attempts.length} others`);
  }
  const { number, route, at } = begun;
  return [...task.attempts, { number, route, state: 'open', code: null, startedAt: at }];
}

function withState(
  task: TaskRecord,
  end: Pick<AttemptEnd, 'number' | 'code'> & { state: AttemptState },
): AttemptSummary[] {
  const attempt = task.attempts[end.number - 1];
  if (!attempt) throw refusal(task, `it has no attempt ${end.number}`);
  if (!isUnderWay(attempt.state)) throw refusal(task, `attempt ${end.number} is already "${attempt.state}"`);
  return task.attempts.with(end.number - 1, { ...attempt, state: end.state, code: end.code });
}

/** The job may exist and may still end. */
export function isUnderWay(state: AttemptState): boolean {
  return state === 'open' || state === 'accepted' || state === 'unknown';
}

function refusal(task: TaskRecord, because: string): TaskError {
  return new TaskError('service_error', {
    because: `The store refused a change of task ${task.id}: ${because}.`,
    details: { task_id: task.id, step: task.step, version: task.version },
  });
}

/** Freezes a value all the way down; what is frozen already is taken to be frozen below as well. */
export function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const inner of Object.values(value)) frozen(inner);
  return value;
}
