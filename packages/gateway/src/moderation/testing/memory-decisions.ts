import type { DecisionRecord, Decisions, Overrule } from '../decisions.ts';

/** The last `capacity` decisions: the end of the process forgets them and the overrules. */
export function memoryDecisions(capacity = 1_000): Decisions {
  const records = new Map<string, DecisionRecord>();
  const overrules = new Map<string, Overrule>();
  const those = (matches: (one: Overrule) => boolean) => [...overrules].filter(([, one]) => matches(one));
  return {
    async record(decision) {
      records.set(decision.id, decision);
      const [oldest] = records.keys();
      if (records.size > capacity && oldest !== undefined) records.delete(oldest);
    },
    find: async (id) => records.get(id) ?? null,
    recent: async (limit) => [...records.values()].reverse().slice(0, limit),
    async addOverrule(added) {
      const place = `${added.keyId} ${added.decisionId}`;
      if (!overrules.has(place)) overrules.set(place, added);
      return true;
    },
    async removeOverrules(decisionId, keyId) {
      const removed = those((one) => one.decisionId === decisionId && (keyId ?? one.keyId) === one.keyId);
      for (const [place] of removed) overrules.delete(place);
      return removed.length;
    },
    overrules: async (keyId) => those((one) => one.keyId === keyId).map(([, one]) => one),
    overrulesOf: async (decisionId) => those((one) => one.decisionId === decisionId).map(([, one]) => one),
  };
}
