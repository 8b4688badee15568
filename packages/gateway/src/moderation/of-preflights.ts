/** What preflights leave behind: refusals, which a client may ask its operator about, and nothing of what passed. */
import type { Decisions } from './decisions.ts';

/** `monitor` writes down what it would have blocked in tasks; requests that were only tried out would spoil that picture. */
export function decisionsOfPreflights(decisions: Decisions): Decisions {
  return {
    ...decisions,
    record: (decision) =>
      decision.verdict.kind === 'report' ? Promise.resolve() : decisions.record(decision),
  };
}
