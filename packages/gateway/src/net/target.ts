/** Reading a hostile URL: what it names, and whether the policy lets us go there at all. No network here. */
import { isIP } from 'node:net';
import { isLoopback } from './addresses.ts';
import type { FetchFailure } from './failure.ts';

const MAX_URL = 8192;

export interface TargetPolicy {
  /** `http:` to `localhost` and loopback addresses, on any port: for development. */
  readonly allowHttpLoopback: boolean;
  /** For `https:`. */
  readonly ports: readonly number[];
  /** In the form of {@link hostOf}; each covers its subdomains. Null means every host. */
  readonly allowHosts: readonly string[] | null;
  readonly denyHosts: readonly string[];
}

export interface Target {
  readonly url: URL;
  /** Without brackets and without the root's dot. */
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  /** Loopback, and allowed to be. */
  readonly loopback: boolean;
}

/**
 * `from` is the hop that redirected here: a relative location is taken from it, and a public server can never send us to
 * loopback, whatever the policy allows a client to name directly.
 */
export function readTarget(
  text: string,
  policy: TargetPolicy,
  from: Target | null = null,
): Target | FetchFailure {
  if (text.length > MAX_URL) return { reason: 'bad_url', problem: 'too_long' };
  const url = URL.parse(text, from?.url.href);
  if (!url) return { reason: 'bad_url', problem: 'not_a_url' };
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    return { reason: 'forbidden_scheme', scheme: url.protocol.slice(0, -1).slice(0, 32) };
  }
  // The URL parser has already turned 0x7f.1, 2130706433 and 0177.0.0.1 into 127.0.0.1.
  const host = bareHost(url);
  if (host === '') return { reason: 'bad_url', problem: 'no_host' };
  if (url.username !== '' || url.password !== '') return { reason: 'bad_url', problem: 'credentials' };

  const secure = url.protocol === 'https:';
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port);
  const loopback =
    policy.allowHttpLoopback &&
    (from === null || from.loopback) &&
    (host === 'localhost' || isLoopback(host));
  if (loopback) return { url, host, port, secure, loopback };

  if (!secure) return { reason: 'forbidden_scheme', scheme: 'http' };
  if (policy.denyHosts.some((entry) => covers(entry, host))) return { reason: 'forbidden_host' };
  if (policy.allowHosts && !policy.allowHosts.some((entry) => covers(entry, host))) {
    return { reason: 'forbidden_host' };
  }
  if (!policy.ports.includes(port)) return { reason: 'forbidden_port', port };
  return { url, host, port, secure, loopback };
}

/** The host without brackets and without the root's dot. */
export function bareHost({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
}

/**
 * An entry of the operator's lists as a URL would have it (lower case, punycode, one notation of each address); null for what is no host.
 */
export function hostOf(entry: string): string | null {
  const host = isIP(entry) === 6 ? `[${entry}]` : entry;
  if (/[^\p{L}\p{M}\p{N}._-]/u.test(entry) && isIP(entry) === 0) return null;
  const url = URL.parse(`https://${host}/`);
  return url === null ? null : bareHost(url);
}

function covers(entry: string, host: string): boolean {
  return host === entry || (isIP(host) === 0 && host.endsWith(`.${entry}`));
}
