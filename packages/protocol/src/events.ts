/**
 * One server-sent event of `GET /v1/tasks/{id}/events`:
 *
 *     event: task
 *     id: 7
 *     data: {"id":"task-unified-...","status":"processing","progress":40,...}
 *
 * `id` grows with every change of the task; a reader that comes back with `Last-Event-ID` gets only what it has not seen.
 * Between events a comment line (`: keep-alive`) every 15 s; the stream ends after a final state.
 */
export const KEEP_ALIVE_COMMENT = ': keep-alive\n\n';
export const KEEP_ALIVE_SECONDS = 15;

/** `id` is the task's version, `data` the task as JSON on one line. */
export function encodeTaskEvent(id: number, data: string): string {
  return `event: task\nid: ${id}\ndata: ${data}\n\n`;
}
