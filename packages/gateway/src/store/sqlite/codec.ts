/** Records to columns and back. */
import { type ErrorObject, TASK_CODES } from '@sluice/errors';
import type { TaskType } from '../../catalog/model.ts';
import type {
  AccountBalance,
  AttemptRecord,
  AttemptState,
  KeyRecord,
  TaskRecord,
  TaskStatus,
  TaskStep,
} from '../records.ts';
import type { Admission, TaskChange } from '../store.ts';
import { frozen } from '../transition.ts';
import type { AdmitCommand, AttemptWrite, TaskWrite } from './commands.ts';
import { integer, integerOrNull, type Row, text, textOrNull } from './sql/columns.ts';

const TYPES: readonly TaskType[] = ['image', 'video', 'audio'];
const STATUSES: readonly TaskStatus[] = ['pending', 'processing', 'completed', 'failed'];
const STEPS: readonly TaskStep[] = ['prepare', 'submit', 'watch', 'collect', 'reconcile', 'done'];
const ATTEMPT_STATES: readonly AttemptState[] = [
  'open',
  'accepted',
  'unknown',
  'rejected',
  'failed',
  'succeeded',
  'cancelled',
  'abandoned',
];

const EMPTY: readonly never[] = Object.freeze([]);

export function readTask(row: Row): TaskRecord {
  return frozen<TaskRecord>({
    id: text(row, 'id'),
    accountId: text(row, 'account_id'),
    keyId: text(row, 'key_id'),
    requestId: text(row, 'request_id'),
    type: oneOf(TYPES, row, 'type'),
    model: text(row, 'model'),
    params: JSON.parse(text(row, 'params')),
    metadata: JSON.parse(text(row, 'metadata')),
    status: oneOf(STATUSES, row, 'status'),
    step: oneOf(STEPS, row, 'step'),
    version: integer(row, 'version'),
    owner: textOrNull(row, 'owner'),
    progress: integer(row, 'progress'),
    createdAt: integer(row, 'created_at'),
    deadlineAt: integer(row, 'deadline_at'),
    startedAt: integerOrNull(row, 'started_at'),
    finishedAt: integerOrNull(row, 'finished_at'),
    cancelRequestedAt: integerOrNull(row, 'cancel_requested_at'),
    estimateSeconds: integer(row, 'estimate_seconds'),
    billingRule: text(row, 'billing_rule'),
    creditsReserved: integer(row, 'credits_reserved'),
    creditsUsed: integer(row, 'credits_used'),
    attempts: list(row, 'attempts'),
    inputs: list(row, 'inputs'),
    repairs: list(row, 'repairs'),
    handle: json(row, 'handle'),
    outputs: list(row, 'outputs'),
    reconcileUntil: integerOrNull(row, 'reconcile_until'),
    results: list(row, 'results'),
    error: json(row, 'error'),
  });
}

export function readAttempt(taskId: string, row: Row): AttemptRecord {
  return frozen<AttemptRecord>({
    taskId,
    number: integer(row, 'number'),
    route: text(row, 'route'),
    state: oneOf(ATTEMPT_STATES, row, 'state'),
    code: row.code === null ? null : oneOf(TASK_CODES, row, 'code'),
    startedAt: integer(row, 'started_at'),
    idempotencyKey: text(row, 'idempotency_key'),
    handle: json(row, 'handle'),
    evidence: json(row, 'evidence'),
    verdict: json(row, 'verdict'),
    endedAt: integerOrNull(row, 'ended_at'),
    late: json(row, 'late'),
  });
}

export function readKey(row: Row): KeyRecord {
  return Object.freeze({
    id: text(row, 'id'),
    accountId: text(row, 'account_id'),
    name: text(row, 'name'),
    createdAt: integer(row, 'created_at'),
    disabledAt: integerOrNull(row, 'disabled_at'),
    expiresAt: integerOrNull(row, 'expires_at'),
    creditLimit: integerOrNull(row, 'credit_limit'),
    creditsReserved: integer(row, 'credits_reserved'),
    creditsUsed: integer(row, 'credits_used'),
  });
}

export function readBalance(row: Row): AccountBalance {
  return Object.freeze({
    granted: integer(row, 'granted'),
    remaining: integer(row, 'remaining'),
    reserved: integer(row, 'reserved'),
    used: integer(row, 'used'),
  });
}

/** Field by field: what else a caller's object carries is not sent across. */
export function admitCommand(task: TaskRecord, { owner, idempotency }: Admission): AdmitCommand {
  return {
    kind: 'admit',
    task: {
      id: task.id,
      accountId: task.accountId,
      keyId: task.keyId,
      requestId: task.requestId,
      type: task.type,
      model: task.model,
      createdAt: task.createdAt,
      deadlineAt: task.deadlineAt,
      estimateSeconds: task.estimateSeconds,
      billingRule: task.billingRule,
      creditsReserved: task.creditsReserved,
      owner,
    },
    params: JSON.stringify(task.params),
    metadata: JSON.stringify(task.metadata),
    idempotency,
  };
}

/** The columns that `change` touches, taken from the record it leads to. */
export function taskWrite(change: TaskChange, next: TaskRecord): TaskWrite {
  switch (change.kind) {
    case 'prepared':
      return {
        kind: 'prepared',
        step: next.step,
        params: JSON.stringify(next.params),
        inputs: JSON.stringify(next.inputs),
        repairs: JSON.stringify(next.repairs),
      };
    case 'attempt_begun':
      return {
        kind: 'begun',
        step: next.step,
        status: next.status,
        startedAt: next.startedAt,
        attempts: JSON.stringify(next.attempts),
        handle: JSON.stringify(next.handle),
      };
    case 'attempt_accepted':
    case 'attempt_lost':
    case 'attempt_over':
    case 'outputs_ready':
      return {
        kind: 'moved',
        step: next.step,
        attempts: JSON.stringify(next.attempts),
        handle: JSON.stringify(next.handle),
        outputs: JSON.stringify(next.outputs),
        reconcileUntil: next.reconcileUntil,
      };
    case 'progressed':
      return { kind: 'progressed', progress: next.progress };
    case 'completed':
    case 'failed':
      return {
        kind: 'finished',
        status: next.status,
        progress: next.progress,
        finishedAt: next.finishedAt,
        attempts: JSON.stringify(next.attempts),
        results: JSON.stringify(next.results),
        error: JSON.stringify(next.error),
        errorCode: next.error?.code ?? null,
        creditsUsed: next.creditsUsed,
      };
    default: {
      const never: never = change;
      return never;
    }
  }
}

/** What `change` writes into its attempt's own row. */
export function attemptWrite(change: TaskChange): AttemptWrite | null {
  switch (change.kind) {
    case 'attempt_begun': {
      const { number, route, idempotencyKey, at } = change;
      return { kind: 'begun', number, route, idempotencyKey, at };
    }
    case 'attempt_accepted':
      return { kind: 'accepted', number: change.number, handle: JSON.stringify(change.handle) };
    case 'attempt_lost':
    case 'attempt_over':
    case 'completed':
    case 'failed':
      if (change.end === null) return null;
      return {
        kind: 'ended',
        number: change.end.number,
        state: change.end.state,
        code: change.end.code,
        evidence: JSON.stringify(change.end.evidence),
        verdict: JSON.stringify(change.end.verdict),
        at: change.end.at,
      };
    case 'prepared':
    case 'progressed':
    case 'outputs_ready':
      return null;
    default: {
      const never: never = change;
      return never;
    }
  }
}

export function errorColumns(error: ErrorObject): { error: string; errorCode: string } {
  return { error: JSON.stringify(error), errorCode: error.code };
}

/** Most lists of most tasks are empty: those are not parsed. */
function list<T>(row: Row, column: string): readonly T[] {
  const value = text(row, column);
  return value === '[]' ? EMPTY : JSON.parse(value);
}

function json<T>(row: Row, column: string): T | null {
  const value = text(row, column);
  return value === 'null' ? null : JSON.parse(value);
}

function oneOf<T extends string>(known: readonly T[], row: Row, column: string): T {
  const value = text(row, column);
  const found = known.find((candidate) => candidate === value);
  if (found === undefined)
    throw new Error(`Column "${column}" holds "${value}", which this version does not know.`);
  return found;
}
