/**
 * The log: one JSON object a line, on standard output. Keys, passwords, signatures and inline media never get into it,
 * wherever in an object or a text they stand.
 */
import { type DestinationStream, type Logger, pino } from 'pino';
import type { EventHub } from '../engine/events.ts';

export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';

export function createLog({ level }: { readonly level: LogLevel }, destination?: DestinationStream): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: scrubObject },
      hooks: {
        logMethod(args, method) {
          // Of an error alone pino would take the message as it is.
          const [first, ...rest]: unknown[] = args;
          const whole =
            first instanceof Error
              ? [{ err: first }, ...(rest.length > 0 ? rest : [first.message])]
              : [first, ...rest];
          const [head, message, ...values] = whole.map((part) =>
            typeof part === 'string' ? scrubText(part) : part,
          );
          Reflect.apply(method, this, [head, message, ...values].slice(0, whole.length));
        },
      },
      // The scrubbing above has already made plain objects of errors.
      serializers: { err: (error: unknown) => error },
    },
    destination ?? pino.destination({ dest: 1, sync: false }),
  );
}

/** Writes what happens to tasks; returns a function that stops it. */
export function logEvents(events: EventHub, log: Logger): () => void {
  const stops = [
    events.on('changed', ({ task }) => {
      if (task.finishedAt === null) {
        log.debug({ taskId: task.id, step: task.step, version: task.version }, 'task changed');
        return;
      }
      log.info(
        {
          taskId: task.id,
          requestId: task.requestId,
          accountId: task.accountId,
          model: task.model,
          status: task.status,
          code: task.error?.code ?? null,
          subtype: task.error?.subtype ?? null,
          attempts: task.attempts.length,
          seconds: (task.finishedAt - task.createdAt) / 1000,
        },
        'task finished',
      );
    }),
    events.on('judged', ({ task, route, evidence, verdict, next }) => {
      log.warn(
        { taskId: task.id, route, verdict, next, status: evidence.status, phase: evidence.phase },
        'upstream said no',
      );
    }),
    events.on('alarm', ({ kind, taskId, route, message }) => {
      log.error({ alarm: kind, taskId, route }, message);
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

const SECRET_NAME =
  /^(authorization|proxy-authorization|cookie|set-cookie|password|secret|token|signature|(x-)?api[-_]?key)$/i;
const MAX_DEPTH = 6;
const MAX_TEXT = 4000;

/** Takes secrets and inline media out of a text, and cuts what is too long to read. */
export function scrubText(text: string): string {
  const clean = text
    .replace(/\b(data:[\w.+/-]{0,80}[^,\s]{0,80}),[^\s"']+/gi, (_, head: string) => `${head},[cut]`)
    .replace(/\b(Bearer|Basic|Key)\s+[\w.~+/=-]{8,}/g, '$1 [redacted]')
    .replace(/\b(sk|key)[-_][\w-]{8,}/g, '$1-[redacted]')
    .replace(/([?&](?:s|sig|signature|token|api_key|key)=)[^&\s"']+/gi, '$1[redacted]');
  return clean.length > MAX_TEXT ? `${clean.slice(0, MAX_TEXT)}[${clean.length - MAX_TEXT} more]` : clean;
}

function scrubObject(object: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, scrub(name, value, 0)]));
}

function scrub(name: string, value: unknown, depth: number): unknown {
  if (SECRET_NAME.test(name) && value !== null && value !== undefined) return '[redacted]';
  if (typeof value === 'string') return scrubText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return '[deeper]';
  if (value instanceof Error) {
    const { name: type, message, stack, cause } = value;
    const code = 'code' in value ? { code: value.code } : {};
    return scrub('', { type, message, ...code, stack, ...(cause === undefined ? {} : { cause }) }, depth + 1);
  }
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) return value.slice(0, 100).map((item) => scrub('', item, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, scrub(key, item, depth + 1)]));
}
