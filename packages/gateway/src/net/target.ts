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
  /** Host names; each covers its subdomains. Null means every host. */
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
  const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
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

function covers(entry: string, host: string): boolean {
  const name = entry.toLowerCase();
  return host === name || (isIP(host) === 0 && host.endsWith(`.${name}`));
}
