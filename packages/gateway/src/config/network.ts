/** The `network` section: whom the guarded caller may connect to, and by which way, with the checks no schema can make. */
import { isRecord } from '../catalog/faults.ts';
import { type EgressProxy, readProxy } from '../net/egress-proxy.ts';
import { hostOf } from '../net/target.ts';
import type { Report } from './check.ts';
import type { ConfigDocument } from './document.ts';
import type { ConfigFile } from './schema.ts';

export interface NetworkConfig {
  /** Null: connections are made directly. */
  readonly egressProxy: EgressProxy | null;
  /** As a URL parser writes host names; each covers its subdomains. Null means every host. */
  readonly allowHosts: readonly string[] | null;
  readonly denyHosts: readonly string[];
  readonly ports: readonly number[];
}

/** Checks the raw section, so that its problems are told even where other parts of the file are wrong. */
export function checkNetwork(section: unknown, document: ConfigDocument, report: Report): void {
  if (!isRecord(section)) return;
  for (const name of ['allow_hosts', 'deny_hosts'] as const) {
    const hosts = section[name];
    for (const [index, host] of Array.isArray(hosts) ? hosts.entries() : []) {
      if (typeof host !== 'string' || hostOf(host) !== null) continue;
      report(
        `/network/${name}/${index}`,
        'An entry must be a bare host name or IP address.',
        'Write it like `example.com`, without scheme, port, path or `*`: it covers its subdomains.',
      );
    }
  }
  const proxy = section.egress_proxy;
  if (typeof proxy !== 'string') return;
  const at = '/network/egress_proxy';
  if (readProxy(proxy) === null) {
    report(
      at,
      '`egress_proxy` must be the http: address of a proxy, without path.',
      `Write \`http://HOST:PORT\`; with a login \`http://USER:\${VARIABLE}@HOST:PORT\`, in which special characters of the password are percent-encoded.`,
    );
  } else if (URL.parse(proxy)?.password && !namesItsPassword(document.writtenAt(at) ?? '')) {
    report(
      at,
      'The password of `egress_proxy` must not stand in the file.',
      `Put it, or the whole address, into an environment variable and write its name: "http://USER:\${SOME_NAME}@HOST:PORT".`,
    );
  }
}

export function readNetwork(file: ConfigFile['network']): NetworkConfig {
  return {
    egressProxy: file.egress_proxy === undefined ? null : readProxy(file.egress_proxy),
    allowHosts: file.allow_hosts === undefined ? null : hostsOf(file.allow_hosts),
    denyHosts: hostsOf(file.deny_hosts),
    ports: file.ports,
  };
}

/** `${WHOLE}`, or `http://user:${PASSWORD}@...`. */
function namesItsPassword(written: string): boolean {
  const variable = String.raw`\$\{[A-Za-z_][A-Za-z0-9_]*\}`;
  return new RegExp(`^("?${variable}"?|http://[^@]*:${variable}@.*)$`, 'i').test(written);
}

const hostsOf = (entries: readonly string[]) => entries.flatMap((entry) => hostOf(entry) ?? []);
