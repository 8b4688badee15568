/** What a scripted upstream does with its jobs: a few shares and times, and from them the fate of each job. Pure. */

export interface Script {
  /** Milliseconds from a job's acceptance to its end; two numbers are a range, over which jobs are spread evenly. */
  readonly takesMs: number | readonly [number, number];
  /** What `poll` and `submit` suggest as the wait before the next poll; the engine's own interval without it. */
  readonly pollAfterMs?: number;
  /** Shares of the submits, 0 to 1, that are refused as overloaded, that are lost on their way, and whose answer is lost. */
  readonly refused?: number;
  readonly neverArrives?: number;
  readonly answerLost?: number;
  /** Share of the accepted jobs that fail. */
  readonly fails?: number;
  /** A media file whose copies are the results, and where the copies go. Without it finished jobs have no outputs. */
  readonly output?: { readonly sample: string; readonly folder: string; readonly mimeType: string };
}

export interface Fate {
  readonly submit: 'accepted' | 'refused' | 'never_arrives' | 'answer_lost';
  readonly takesMs: number;
  readonly fails: boolean;
}

/** Follows from the key alone, so that it is the same after a restart and in every process. */
export function fateOf(script: Script, key: string): Fate {
  const { refused = 0, neverArrives = 0, answerLost = 0, fails = 0, takesMs } = script;
  const draw = share(key, 1);
  const [from, to] = typeof takesMs === 'number' ? [takesMs, takesMs] : takesMs;
  return {
    submit:
      draw < refused
        ? 'refused'
        : draw < refused + neverArrives
          ? 'never_arrives'
          : draw < refused + neverArrives + answerLost
            ? 'answer_lost'
            : 'accepted',
    takesMs: Math.round(from + (to - from) * share(key, 2)),
    fails: share(key, 3) < fails,
  };
}

/** A number from 0 to 1 that is spread evenly over keys: FNV-1a, mixed at the end because neighbouring keys differ little. */
function share(key: string, salt: number): number {
  let hash = 0x811c9dc5 ^ salt;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 0x1_0000_0000;
}
