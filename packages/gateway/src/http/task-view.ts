/** A task's row as its owner sees it: no route, no provider, no step, nothing of another account. */
import type { ErrorObject } from '@sluice/errors';
import type {
  CompletedTaskView,
  FailedTaskView,
  ResultView,
  TaskView,
  UnfinishedTaskView,
} from '@sluice/protocol';
import type { Links } from '../files/links.ts';
import type { AttemptState, MilliCredits, Millis, StoredResult, TaskRecord } from '../store/records.ts';

export interface ViewSettings {
  readonly links: Links;
  readonly retention: { readonly linksMs: Millis; readonly tasksMs: Millis };
  publicUrl(): string;
}

export function viewTask(task: TaskRecord, settings: ViewSettings): TaskView {
  const common = viewCommon(task);
  switch (task.status) {
    case 'pending':
    case 'processing':
      return { ...common, status: task.status } satisfies UnfinishedTaskView;
    case 'completed':
      return {
        ...common,
        status: 'completed',
        ...viewEnd(task, settings),
        results: task.results.map((result) => settings.links.resultUrl(task, result)),
        result_data: task.results.map((result) => viewResult(task, result, settings)),
      } satisfies CompletedTaskView;
    case 'failed':
      if (!task.error) throw new Error(`task ${task.id} has failed without an error`);
      return {
        ...common,
        status: 'failed',
        ...viewEnd(task, settings),
        error: viewError(task.error, task.requestId, settings.publicUrl()),
      } satisfies FailedTaskView;
    default: {
      const never: never = task.status;
      throw new Error(`unknown status ${String(never)}`);
    }
  }
}

/** The error object with the request it belongs to and the whole address of its documentation, its issues likewise. */
export function viewError(error: ErrorObject, requestId: string, publicUrl: string): ErrorObject {
  return {
    ...error,
    request_id: error.request_id ?? requestId,
    docs_url: error.docs_url.startsWith('/') ? publicUrl + error.docs_url : error.docs_url,
    ...(error.issues ? { issues: error.issues.map((issue) => viewError(issue, requestId, publicUrl)) } : {}),
  };
}

function viewCommon(task: TaskRecord) {
  const seconds = task.type === 'video' ? videoSeconds(task) : undefined;
  return {
    id: task.id,
    object: `${task.type}.generation.task` as const,
    type: task.type,
    model: task.model,
    created: Math.floor(task.createdAt / 1000),
    progress: Math.floor(task.progress),
    task_info: {
      can_cancel: task.finishedAt === null && task.cancelRequestedAt === null,
      estimated_time: task.estimateSeconds,
      ...(seconds === undefined ? {} : { video_duration: seconds }),
    },
    usage: {
      billing_rule: task.billingRule,
      credits_reserved: credits(task.creditsReserved),
      credits_used: task.status === 'completed' ? credits(task.creditsUsed) : 0,
      user_group: 'default',
    },
    metadata: { ...task.metadata },
    request_id: task.requestId,
    repairs: task.repairs.map(({ op, param, from, to }) => ({ op, param, from, to })),
    attempts: task.attempts.map(({ number, state, code, startedAt }) => ({
      number,
      outcome: OUTCOMES[state],
      code,
      at: iso(startedAt),
    })),
  };
}

const OUTCOMES = {
  open: 'running',
  accepted: 'running',
  unknown: 'unknown',
  rejected: 'rejected',
  failed: 'failed',
  succeeded: 'succeeded',
  cancelled: 'cancelled',
  abandoned: 'abandoned',
} as const satisfies Record<AttemptState, TaskView['attempts'][number]['outcome']>;

function viewEnd(task: TaskRecord, { retention }: ViewSettings) {
  const end = task.finishedAt ?? task.createdAt;
  return { duration: (end - task.createdAt) / 1000, expires_at: iso(end + retention.tasksMs) };
}

function viewResult(task: TaskRecord, result: StoredResult, { links, retention }: ViewSettings): ResultView {
  return {
    [`${result.kind}_url`]: links.resultUrl(task, result),
    width: result.width,
    height: result.height,
    duration: result.duration,
    mime_type: result.mimeType,
    bytes: result.bytes,
    sha256: result.sha256,
    // A link says its expiry in whole seconds.
    expires_at: iso(Math.floor(((task.finishedAt ?? task.createdAt) + retention.linksMs) / 1000) * 1000),
  };
}

function videoSeconds(task: TaskRecord): number | undefined {
  const made = task.results[0]?.duration;
  if (typeof made === 'number') return made;
  return typeof task.params.duration === 'number' ? task.params.duration : undefined;
}

/** Thousandths to credits. */
export function credits(amount: MilliCredits): number {
  return amount / 1000;
}

/** `2026-11-25T10:00:00Z`; milliseconds only where there are some. */
export function iso(at: Millis): string {
  return new Date(at).toISOString().replace('.000Z', 'Z');
}
