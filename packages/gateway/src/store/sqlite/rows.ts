/**
 * How commands and answers cross between the two threads. Cloning an object writes all its keys each time, and makes it again from
 * them on the other side; an admission has twenty. So admissions cross as rows of values, and of the answers only
 * those that are not the usual one: a seventh of the cost for both.
 */
import type { AdmitCommand, Answer, Command } from './commands.ts';
import type { UnusableReason } from './unusable.ts';

type AdmitRow = readonly [
  id: string,
  accountId: string,
  keyId: string,
  requestId: string,
  type: AdmitCommand['task']['type'],
  model: string,
  createdAt: number,
  deadlineAt: number,
  estimateSeconds: number,
  billingRule: string,
  creditsReserved: number,
  owner: string,
  params: string,
  metadata: string,
  idempotencyKey: string | null,
  fingerprint: string,
  keyExpiresAt: number,
];

/** What is posted for one command. */
export type Crossing = AdmitRow | Exclude<Command, AdmitCommand>;

export function packed(command: Command): Crossing {
  if (command.kind !== 'admit') return command;
  const { task, params, metadata, idempotency } = command;
  return [
    task.id,
    task.accountId,
    task.keyId,
    task.requestId,
    task.type,
    task.model,
    task.createdAt,
    task.deadlineAt,
    task.estimateSeconds,
    task.billingRule,
    task.creditsReserved,
    task.owner,
    params,
    metadata,
    idempotency?.key ?? null,
    idempotency?.fingerprint ?? '',
    idempotency?.expiresAt ?? 0,
  ];
}

export function unpacked(crossing: Crossing): Command {
  if (!isRow(crossing)) return crossing;
  const [id, accountId, keyId, requestId, type, model, createdAt, deadlineAt, estimateSeconds] = crossing;
  const [, , , , , , , , , billingRule, creditsReserved, owner, params, metadata] = crossing;
  const [key, fingerprint, expiresAt] = [crossing[14], crossing[15], crossing[16]];
  return {
    kind: 'admit',
    task: {
      id,
      accountId,
      keyId,
      requestId,
      type,
      model,
      createdAt,
      deadlineAt,
      estimateSeconds,
      billingRule,
      creditsReserved,
      owner,
    },
    params,
    metadata,
    idempotency: key === null ? null : { key, fingerprint, expiresAt },
  };
}

const isRow = (crossing: Crossing): crossing is AdmitRow => Array.isArray(crossing);

const CREATED: Answer = Object.freeze({ ok: true, result: Object.freeze({ kind: 'created' }) });
const COMMITTED: Answer = Object.freeze({
  ok: true,
  result: Object.freeze({ kind: 'committed', cancelRequestedAt: null }),
});

/** Null is the usual answer to a command of that kind. */
export type AnswerCrossing = Answer | null;

/** What the writer thread posts. */
export type WriterMessage =
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'unusable';
      readonly reason: UnusableReason;
      readonly because: string;
      readonly remedy: string;
    }
  | { readonly kind: 'answers'; readonly answers: readonly AnswerCrossing[] }
  /** After this the writer takes nothing more. */
  | { readonly kind: 'broken'; readonly message: string };

export function packedAnswer(command: Command, answer: Answer): AnswerCrossing {
  if (!answer.ok) return answer;
  const { result } = answer;
  if (typeof result !== 'object' || result === null || !('kind' in result)) return answer;
  if (command.kind === 'admit' && result.kind === 'created') return null;
  const isUsual =
    command.kind === 'commit' && result.kind === 'committed' && result.cancelRequestedAt === null;
  return isUsual ? null : answer;
}

export function unpackedAnswer(command: Command, crossing: AnswerCrossing | undefined): Answer {
  if (crossing === undefined) return { ok: false, why: 'unavailable', message: 'an answer is missing' };
  return crossing ?? (command.kind === 'admit' ? CREATED : COMMITTED);
}
