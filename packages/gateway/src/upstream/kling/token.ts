/**
 * What Kling is shown as a key: one of its newer API keys as it is, or a JSON Web Token that is signed here with a pair of an
 * access key and a secret key. A token lives half an hour and a long watch outlives it, so it is asked for with every call.
 */
import { createHmac } from 'node:crypto';

export type KlingCredentials =
  | { readonly kind: 'key'; readonly apiKey: string }
  | { readonly kind: 'pair'; readonly accessKey: string; readonly secretKey: string };
type Pair = Extract<KlingCredentials, { kind: 'pair' }>;

export function secretsOf(credentials: KlingCredentials): string[] {
  return credentials.kind === 'key' ? [credentials.apiKey] : [credentials.secretKey, credentials.accessKey];
}

export interface TokenSource {
  /** @param now milliseconds since 1970. */
  token(now: number): string;
  /** Whether another can be signed where Kling calls the last one expired; it is, at the next `token`. */
  renew(): boolean;
}

const LIFETIME_S = 1_800;
/** Clocks differ: valid from a moment ago, and signed anew well before the end. */
const EARLIER_S = 5;
const MARGIN_S = 60;

export function createTokenSource(credentials: KlingCredentials): TokenSource {
  if (credentials.kind === 'key') return { token: () => credentials.apiKey, renew: () => false };
  let last = { text: '', until: 0 };
  return {
    token(now) {
      const seconds = Math.floor(now / 1000);
      // A clock that was set back makes the last one "not valid yet", so it is signed anew too.
      const left = last.until - seconds;
      if (left >= MARGIN_S && left <= LIFETIME_S) return last.text;
      last = { text: signed(credentials, seconds), until: seconds + LIFETIME_S };
      return last.text;
    },
    renew() {
      last = { text: '', until: 0 };
      return true;
    },
  };
}

function signed({ accessKey, secretKey }: Pair, seconds: number): string {
  const header = encoded({ alg: 'HS256', typ: 'JWT' });
  const claims = encoded({ iss: accessKey, exp: seconds + LIFETIME_S, nbf: seconds - EARLIER_S });
  const signature = createHmac('sha256', secretKey).update(`${header}.${claims}`).digest('base64url');
  return `${header}.${claims}.${signature}`;
}

function encoded(value: Readonly<Record<string, unknown>>): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
