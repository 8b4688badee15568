/** Links to results: signed, 24 hours by default, the same link each time a task is read. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { StoredResult, TaskRecord } from '../store/records.ts';

export type LinkVerdict = 'valid' | 'expired' | 'forged';

export interface Links {
  /** `<base>/r/<task id>/<file name>?e=<unix seconds>&s=<signature>`; the life counts from the end of the task. */
  resultUrl(task: TaskRecord, result: StoredResult): string;
  verify(taskId: string, fileName: string, expires: string, signature: string): LinkVerdict;
}

export interface LinkSettings {
  readonly secret: Uint8Array;
  /** Called late: the port is known only once the server listens. */
  readonly baseUrl: () => string;
  readonly lifeMs: number;
  readonly now: () => number;
}

export function createLinks(settings: LinkSettings): Links {
  const sign = (taskId: string, fileName: string, expires: string) =>
    createHmac('sha256', settings.secret).update(`${taskId}\n${fileName}\n${expires}`).digest('base64url');

  return {
    resultUrl(task, result) {
      const expires = String(Math.floor(((task.finishedAt ?? settings.now()) + settings.lifeMs) / 1000));
      const signature = sign(task.id, result.fileName, expires);
      return `${settings.baseUrl()}/r/${task.id}/${result.fileName}?e=${expires}&s=${signature}`;
    },
    verify(taskId, fileName, expires, signature) {
      const expected = Buffer.from(sign(taskId, fileName, expires));
      const given = Buffer.from(signature);
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) return 'forged';
      return Number(expires) * 1000 < settings.now() ? 'expired' : 'valid';
    },
  };
}
