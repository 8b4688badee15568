/** What a model that no route can take just now means for a task. */
import { TaskError } from '@sluice/errors';
import { modelGone } from './finish.ts';
import type { RouteChoice } from './routing.ts';
import { LONGEST_ATTEMPT_WAIT_MS } from './schedule.ts';

/** Null where it is worth waiting: a full route may come free any time, one that cools down is waited for as long as a client would. */
export function noRouteError(chosen: RouteChoice, model: string): TaskError | null {
  switch (chosen.kind) {
    case 'route':
    case 'full':
      return null;
    case 'none':
      return modelGone({ model });
    case 'cooling':
      if (chosen.afterMs <= LONGEST_ATTEMPT_WAIT_MS) return null;
      return new TaskError('resource_exhausted', {
        because: 'Every route of this model is recovering from failures.',
        afterSeconds: Math.ceil(chosen.afterMs / 1000),
      });
    default: {
      const never: never = chosen;
      return never;
    }
  }
}
