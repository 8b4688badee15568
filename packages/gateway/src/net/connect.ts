/**
 * From a target to a connected socket: resolve once, check every address, and connect to one of those very addresses, directly
 * or through the operator's proxy (egress-proxy.ts).
 */
import { isIP, type Socket } from 'node:net';
import { connect as startTls } from 'node:tls';
import type { NetworkFault } from '@sluice/errors';
import { forbiddenRange, isLoopback } from './addresses.ts';
import { type EgressProxy, type Stranded, type Tunnel, tunnelTo } from './egress-proxy.ts';
import { type FailedFetch, type FetchFailure, failed, flatten } from './failure.ts';
import type { Network } from './network.ts';
import { opened } from './opened.ts';
import type { Target } from './target.ts';
import type { Watch } from './watch.ts';

/** A name may have hundreds; a client's patience does not. */
const MAX_TRIED = 4;

export interface ConnectLimits {
  readonly dnsMs: number;
  /** For each address. */
  readonly connectMs: number;
}

/** What connections are made with. */
export interface Ways {
  readonly network: Network;
  /** Null: directly. This machine's own addresses are always reached directly; behind the proxy they would be its own. */
  readonly proxy: EgressProxy | null;
}

export type Connected = { readonly kind: 'connected'; readonly socket: Socket } | FailedFetch | Stranded;

export async function connectTo(
  target: Target,
  { network, proxy }: Ways,
  limits: ConnectLimits,
  watch: Watch,
): Promise<Connected> {
  watch.enter('dns', limits.dnsMs);
  const found = await addressesOf(target, network, watch);
  if (found.kind === 'failed') return found;

  const refusals: (NetworkFault | Stranded)[] = [];
  for (const address of found.addresses.slice(0, MAX_TRIED)) {
    watch.enter('connect', limits.connectMs);
    const tunnel =
      proxy === null || target.loopback
        ? await dial(address, target.port, network, watch)
        : await tunnelTo(address, target.port, proxy, network, watch);
    switch (tunnel.kind) {
      case 'connected': {
        const { socket } = tunnel;
        return target.secure ? secured(target, socket, network, watch) : { kind: 'connected', socket };
      }
      case 'refused':
        refusals.push(tunnel.fault);
        break;
      case 'stranded':
        // A proxy without IPv6 may still reach the next address; one that is not there at all will not.
        if (tunnel.problem !== 'refused') return tunnel;
        refusals.push(tunnel);
        break;
      default: {
        const never: never = tunnel;
        return never;
      }
    }
  }
  return refusalOf(refusals);
}

async function dial(address: string, port: number, network: Network, watch: Watch): Promise<Tunnel> {
  const socket = network.dial(address, port);
  try {
    await opened(socket, 'connect', watch);
    return { kind: 'connected', socket };
  } catch (error) {
    socket.destroy();
    watch.signal.throwIfAborted();
    return { kind: 'refused', fault: flatten(error) };
  }
}

/**
 * One address that the proxy refused for reasons of its own leaves open whether the host is there: that is not told to be the host's fault.
 */
function refusalOf(refusals: readonly (NetworkFault | Stranded)[]): FailedFetch | Stranded {
  const faults: NetworkFault[] = [];
  for (const refusal of refusals) {
    if ('kind' in refusal) return refusal;
    faults.push(refusal);
  }
  const [only] = faults;
  const all = { name: 'AggregateError', message: 'no address accepted a connection', errors: faults };
  return failed({ reason: 'refused' }, { body: faults.length === 1 && only ? only : all });
}

/** One forbidden address among many refuses the name: which one a later connection would pick is not ours to gamble on. */
async function addressesOf(
  target: Target,
  network: Network,
  watch: Watch,
): Promise<{ kind: 'found'; addresses: readonly string[] } | FailedFetch> {
  if (target.loopback) {
    return { kind: 'found', addresses: target.host === 'localhost' ? ['127.0.0.1', '::1'] : [target.host] };
  }
  let addresses: readonly string[];
  if (isIP(target.host) !== 0) {
    addresses = [target.host];
  } else if (target.host === 'localhost' || target.host.endsWith('.localhost')) {
    // RFC 6761: never a question for DNS.
    return failed({ reason: 'forbidden_address', range: 'loopback' });
  } else {
    try {
      addresses = await watch.until(network.resolve(target.host));
    } catch (error) {
      watch.signal.throwIfAborted();
      return failed({ reason: 'dns', temporary: !saysNoSuchName(error) }, { body: flatten(error) });
    }
  }
  for (const address of addresses) {
    const range = forbiddenRange(address);
    if (range !== null) {
      return failed({ reason: 'forbidden_address', range: isLoopback(address) ? 'loopback' : range });
    }
  }
  if (addresses.length === 0) return failed({ reason: 'dns', temporary: false });
  return { kind: 'found', addresses };
}

async function secured(target: Target, raw: Socket, network: Network, watch: Watch): Promise<Connected> {
  const socket = startTls({
    socket: raw,
    // The certificate is checked against the name in the URL, though the socket goes to an address.
    host: target.host,
    ...(isIP(target.host) === 0 ? { servername: target.host } : {}),
    ALPNProtocols: ['http/1.1'],
    secureContext: network.trust,
  });
  try {
    await opened(socket, 'secureConnect', watch);
    return { kind: 'connected', socket };
  } catch (error) {
    socket.destroy();
    raw.destroy();
    watch.signal.throwIfAborted();
    return failed(tlsFailure(error), { body: flatten(error) });
  }
}

function tlsFailure(error: unknown): FetchFailure {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'CERT_HAS_EXPIRED') return { reason: 'tls', problem: 'expired' };
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return { reason: 'tls', problem: 'wrong_host' };
  if (/CERT|SIGNATURE|ISSUER|UNTRUSTED/.test(code)) return { reason: 'tls', problem: 'untrusted' };
  return { reason: 'tls', problem: 'handshake' };
}

function saysNoSuchName(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return code === 'ENOTFOUND' || code === 'ENODATA' || code === 'EBADNAME' || code === 'ENONAME';
}
