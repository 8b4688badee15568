/** A task's changes as server-sent events; what goes over the wire is described in the protocol's `events.ts`. */
import type { ServerResponse } from 'node:http';
import { encodeTaskEvent, KEEP_ALIVE_COMMENT, KEEP_ALIVE_SECONDS } from '@sluice/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Clock, Timer } from '../clock.ts';
import type { Millis, TaskRecord } from '../store/records.ts';
import { keyOf } from './auth.ts';
import type { HttpDeps, HttpLimits } from './deps.ts';
import type { HeldCalls } from './held-calls.ts';
import { taskIdOf } from './params.ts';
import type { TaskBytes } from './task-bytes.ts';
import { taken } from './tasks.ts';
import { timed } from './timing.ts';

export function eventsHandlers(deps: HttpDeps, bytes: TaskBytes, held: HeldCalls, limits: HttpLimits) {
  return {
    async taskEvents(request: FastifyRequest, reply: FastifyReply) {
      const id = taskIdOf(request);
      const { accountId } = keyOf(request);
      // Subscribed before the first reading, so that no change can fall between the two.
      const early: TaskRecord[] = [];
      let deliver = (task: TaskRecord): void => void early.push(task);
      const unsubscribe = deps.events.onTask(id, (task) => deliver(task));
      try {
        const task = taken(await deps.store.lookup(accountId, id), id, deps.retention.tasksMs);
        const seen = lastEventId(request);
        if (task.finishedAt !== null && seen !== null && task.version <= seen) {
          unsubscribe();
          // 204 is what tells a browser's EventSource not to come back.
          return reply.code(204).send();
        }

        reply.hijack();
        const { raw } = reply;
        raw.writeHead(200, {
          'x-request-id': request.id,
          'content-type': 'text/event-stream; charset=utf-8',
          'cache-control': 'no-store',
          'x-accel-buffering': 'no',
        });
        if (request.method === 'HEAD') {
          unsubscribe();
          return raw.end();
        }
        timed(request, 200, deps.metrics);
        raw.flushHeaders();
        const stream = new TaskStream(raw, bytes, deps.clock, limits.slowReaderMs, seen ?? -1);
        const release = held.add(() => raw.end());
        raw.once('close', () => {
          unsubscribe();
          release();
          stream.stop();
        });
        deliver = (changed) => stream.push(changed);
        for (const record of [task, ...early]) stream.push(record);
      } catch (error) {
        unsubscribe();
        throw error;
      }
    },
  };
}

/**
 * One reader. What it has not taken yet is never more than one event beyond what the socket holds: while it is slow, changes
 * replace one another and it gets the latest when it reads on.
 */
export class TaskStream {
  readonly #response: ServerResponse;
  readonly #bytes: TaskBytes;
  readonly #clock: Clock;
  readonly #slowReaderMs: Millis;
  #keepAlive: Timer;
  #slow: Timer | null = null;
  #sent: number;
  #waiting: TaskRecord | null = null;

  constructor(response: ServerResponse, bytes: TaskBytes, clock: Clock, slowReaderMs: Millis, sent: number) {
    this.#response = response;
    this.#bytes = bytes;
    this.#clock = clock;
    this.#slowReaderMs = slowReaderMs;
    this.#sent = sent;
    this.#keepAlive = clock.after(KEEP_ALIVE_SECONDS * 1000, () => this.#breathe());
    response.on('drain', () => this.#resume());
  }

  push(task: TaskRecord): void {
    if (task.version <= this.#sent || this.#response.writableEnded) return;
    if (this.#slow) {
      if (!this.#waiting || task.version > this.#waiting.version) this.#waiting = task;
      return;
    }
    this.#sent = task.version;
    this.#write(encodeTaskEvent(task.version, this.#bytes.of(task).toString()));
    if (task.finishedAt !== null) this.#response.end();
  }

  stop(): void {
    this.#keepAlive.cancel();
    this.#slow?.cancel();
  }

  #breathe(): void {
    this.#keepAlive = this.#clock.after(KEEP_ALIVE_SECONDS * 1000, () => this.#breathe());
    if (!this.#slow && !this.#response.writableEnded) this.#write(KEEP_ALIVE_COMMENT);
  }

  #write(text: string): void {
    if (this.#response.write(text)) return;
    this.#slow = this.#clock.after(this.#slowReaderMs, () => this.#response.destroy());
  }

  #resume(): void {
    this.#slow?.cancel();
    this.#slow = null;
    const task = this.#waiting;
    this.#waiting = null;
    if (task) this.push(task);
  }
}

function lastEventId(request: FastifyRequest): number | null {
  const header = request.headers['last-event-id'];
  return typeof header === 'string' && /^\d{1,15}$/.test(header) ? Number(header) : null;
}
