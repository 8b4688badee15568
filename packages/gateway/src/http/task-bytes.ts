/**
 * Tasks as JSON bytes, made by the schemas of the protocol and kept as long as the record is: records are frozen, so a task
 * that many clients poll is turned into JSON once a change and not once a request.
 */
import { CompletedTask, ErrorSchema, FailedTask, type TaskView, UnfinishedTask } from '@sluice/protocol';
import fastJson from 'fast-json-stringify';
import type { TaskRecord } from '../store/records.ts';
import type { SchemaCode } from './schema-code.ts';
import { type ViewSettings, viewTask } from './task-view.ts';

export interface TaskBytes {
  of(task: TaskRecord): Buffer;
  /** `[task, task, ...]` */
  ofList(tasks: readonly TaskRecord[]): Buffer;
}

export function createTaskBytes(settings: ViewSettings, code: SchemaCode): TaskBytes {
  const kept = new WeakMap<TaskRecord, Buffer>();
  const writeTask = taskWriter(code);

  const of = (task: TaskRecord): Buffer => {
    let bytes = kept.get(task);
    if (!bytes) {
      bytes = Buffer.from(writeTask(viewTask(task, settings)));
      kept.set(task, bytes);
    }
    return bytes;
  };

  return {
    of,
    ofList: (tasks) =>
      Buffer.concat([OPEN, ...tasks.flatMap((task, i) => (i === 0 ? [of(task)] : [COMMA, of(task)])), CLOSE]),
  };
}

const [OPEN, COMMA, CLOSE] = [Buffer.from('['), Buffer.from(','), Buffer.from(']')];

const shared = { schema: { Error: ErrorSchema } };

/** One writer a status, so that nothing has to be guessed from the value while writing. */
function taskWriter(code: SchemaCode): (view: TaskView) => string {
  const unfinished = code.later(() => fastJson(UnfinishedTask, shared));
  const completed = code.later(() => fastJson(CompletedTask, shared));
  const failed = code.later(() => fastJson(FailedTask, shared));
  return (view) => {
    switch (view.status) {
      case 'pending':
      case 'processing':
        return unfinished()(view);
      case 'completed':
        return completed()(view);
      case 'failed':
        return failed()(view);
      default: {
        const never: never = view;
        throw new Error(`unknown status ${JSON.stringify(never)}`);
      }
    }
  };
}
