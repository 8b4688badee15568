/**
 * The half of the scripted upstream that counts: which keys were accepted, and when. A test asks it at the end whether any task
 * was submitted twice. In memory it is fast; behind HTTP (ledger-server.ts) it outlives a gateway that is killed.
 */
import type { NetworkFault } from '@sluice/errors';

export interface Ledger {
  /** Accepts a key, or finds that it was accepted before. Resolves to the time of its first acceptance, milliseconds since 1970. */
  accept(key: string, now: number): Promise<Written>;
  find(key: string): Promise<Found>;
  /** Every accepted key, once. */
  keys(): Promise<readonly string[]>;
  /** The keys that came again after they were accepted: a second payment at an upstream that does not know keys. */
  repeats(): Promise<readonly string[]>;
}

export type Written =
  | { readonly kind: 'written'; readonly at: number }
  /** Nothing was written: the ledger could not be reached. */
  | { readonly kind: 'not_sent'; readonly fault: NetworkFault }
  /** It may have been written. */
  | { readonly kind: 'lost'; readonly fault: NetworkFault };

export type Found =
  | { readonly kind: 'found'; readonly at: number }
  | { readonly kind: 'absent' | 'unreachable' };

export function memoryLedger(): Ledger {
  const accepted = new Map<string, number>();
  const repeated: string[] = [];
  return {
    async accept(key, now) {
      const before = accepted.get(key);
      if (before === undefined) accepted.set(key, now);
      else repeated.push(key);
      return { kind: 'written', at: before ?? now };
    },
    async find(key) {
      const at = accepted.get(key);
      return at === undefined ? { kind: 'absent' } : { kind: 'found', at };
    },
    keys: async () => [...accepted.keys()],
    repeats: async () => repeated,
  };
}

/** Speaks to a ledger-server.ts at `url`. */
export function remoteLedger(url: string): Ledger {
  const at = (key: string) => new URL(`/keys/${encodeURIComponent(key)}`, url);
  return {
    async accept(key, now) {
      try {
        const answer = await fetch(at(key), { method: 'PUT', body: String(now) });
        return { kind: 'written', at: Number(await answer.text()) };
      } catch (error) {
        const fault = faultOf(error);
        return { kind: fault.code === 'ECONNREFUSED' ? 'not_sent' : 'lost', fault };
      }
    },
    async find(key) {
      try {
        const answer = await fetch(at(key));
        const text = await answer.text();
        return answer.status === 404 ? { kind: 'absent' } : { kind: 'found', at: Number(text) };
      } catch {
        return { kind: 'unreachable' };
      }
    },
    keys: () => listAt(new URL('/keys', url)),
    repeats: () => listAt(new URL('/repeats', url)),
  };
}

async function listAt(url: URL): Promise<readonly string[]> {
  const answer = await fetch(url);
  const list: unknown = await answer.json();
  if (!Array.isArray(list)) throw new Error('The ledger server answered something else than a list.');
  return list.map(String);
}

/** `fetch` puts what happened to the connection into the cause. */
function faultOf(error: unknown): NetworkFault {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error)) return { name: 'Error', message: String(cause) };
  const code = 'code' in cause && typeof cause.code === 'string' ? { code: cause.code } : {};
  return { name: cause.name, message: cause.message, ...code };
}
