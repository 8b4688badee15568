/** Tasks, attempts, routes and unknown evidence as the operator sees them: with everything a client must not see. */
import { decide } from '@sluice/errors';
import type {
  Followed,
  OperatorAttemptView,
  OperatorTaskView,
  RouteReportView,
  UnknownGroupView,
} from '@sluice/protocol';
import type { RouteReport } from '../engine/routing.ts';
import type { UnknownEvidence } from '../observe/unknowns.ts';
import type { AttemptRecord, LateOutcome, Millis, TaskRecord } from '../store/records.ts';
import { credits, iso, viewError } from './task-view.ts';

export function viewForOperator(
  task: TaskRecord,
  attempts: readonly AttemptRecord[],
  routes: readonly RouteReport[],
  publicUrl: string,
): OperatorTaskView {
  return {
    object: 'operator.task',
    id: task.id,
    account_id: task.accountId,
    key_id: task.keyId,
    request_id: task.requestId,
    type: task.type,
    model: task.model,
    status: task.status,
    step: task.step,
    progress: task.progress,
    created_at: iso(task.createdAt),
    started_at: isoOrNull(task.startedAt),
    finished_at: isoOrNull(task.finishedAt),
    deadline_at: iso(task.deadlineAt),
    cancel_requested_at: isoOrNull(task.cancelRequestedAt),
    credits_reserved: credits(task.creditsReserved),
    credits_used: task.status === 'completed' ? credits(task.creditsUsed) : 0,
    params: { ...task.params },
    error: task.error === null ? null : { ...viewError(task.error, task.requestId, publicUrl) },
    results: task.results.map(({ fileKey }) => fileKey),
    attempts: attempts.map((attempt, index) =>
      viewAttempt(attempt, followed(task, attempts[index + 1]), routes),
    ),
  };
}

function viewAttempt(
  attempt: AttemptRecord,
  followedBy: Followed,
  routes: readonly RouteReport[],
): OperatorAttemptView {
  const { evidence, verdict } = attempt;
  const route = routes.find((one) => one.route.id === attempt.route)?.route;
  const decision = evidence && verdict ? decide(verdict, evidence.phase) : null;
  return {
    number: attempt.number,
    route: attempt.route,
    provider: route?.provider ?? null,
    upstream_model: route?.upstreamModel ?? null,
    state: attempt.state,
    code: attempt.code,
    started_at: iso(attempt.startedAt),
    ended_at: isoOrNull(attempt.endedAt),
    idempotency_key: attempt.idempotencyKey,
    handle: attempt.handle,
    evidence,
    verdict,
    decision: decision && {
      next: decision.next,
      counts_against_route: decision.countsAgainstRoute,
      alarm: decision.alarm,
    },
    followed_by: followedBy,
    late: attempt.late && viewLate(attempt.late),
  };
}

function followed(task: TaskRecord, next: AttemptRecord | undefined): Followed {
  if (next) return { kind: 'attempt', number: next.number, route: next.route };
  switch (task.status) {
    case 'pending':
    case 'processing':
      return { kind: 'under_way' };
    case 'completed':
      return { kind: 'end', status: 'completed', code: null };
    case 'failed':
      return { kind: 'end', status: 'failed', code: task.error?.code ?? null };
    default: {
      const never: never = task.status;
      return never;
    }
  }
}

function viewLate({ at, outcome, results }: LateOutcome): OperatorAttemptView['late'] {
  return { at: iso(at), outcome, files: results.map(({ fileKey }) => fileKey) };
}

export function viewRoute({ route, health, inUse, drained }: RouteReport): RouteReportView {
  return {
    route: route.id,
    provider: route.provider,
    upstream_model: route.upstreamModel,
    weight: route.weight,
    priority: route.priority ?? 0,
    max_parallel: route.maxParallel,
    in_use: inUse,
    drained,
    health: health.state,
    open_until: health.state === 'open' ? iso(health.until) : null,
  };
}

export function viewUnknown(group: UnknownEvidence): UnknownGroupView {
  const { provider, phase, status, shape, count, lastAt, routes, taskIds, sample, verdictNow } = group;
  return {
    provider,
    phase,
    http_status: status,
    shape,
    count,
    last_at: iso(lastAt),
    routes: [...routes],
    task_ids: [...taskIds],
    sample,
    verdict_now: verdictNow,
  };
}

function isoOrNull(at: Millis | null): string | null {
  return at === null ? null : iso(at);
}
