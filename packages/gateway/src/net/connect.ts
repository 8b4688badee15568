/** From a target to a connected socket: resolve once, check every address, and connect to one of those very addresses. */
import { isIP, type Socket } from 'node:net';
import { connect as startTls } from 'node:tls';
import { forbiddenRange, isLoopback } from './addresses.ts';
import { type FailedFetch, type FetchFailure, failed, flatten } from './failure.ts';
import type { Network } from './network.ts';
import type { Target } from './target.ts';
import type { Watch } from './watch.ts';

/** A name may have hundreds; a client's patience does not. */
const MAX_TRIED = 4;

export interface ConnectLimits {
  readonly dnsMs: number;
  /** For each address. */
  readonly connectMs: number;
}

export type Connected = { readonly kind: 'connected'; readonly socket: Socket } | FailedFetch;

export async function connectTo(
  target: Target,
  network: Network,
  limits: ConnectLimits,
  watch: Watch,
): Promise<Connected> {
  watch.enter('dns', limits.dnsMs);
  const found = await addressesOf(target, network, watch);
  if (found.kind === 'failed') return found;

  const errors: unknown[] = [];
  for (const address of found.addresses.slice(0, MAX_TRIED)) {
    watch.enter('connect', limits.connectMs);
    const socket = network.dial(address, target.port);
    try {
      await opened(socket, 'connect', watch);
    } catch (error) {
      socket.destroy();
      watch.signal.throwIfAborted();
      errors.push(error);
      continue;
    }
    return target.secure ? secured(target, socket, network, watch) : { kind: 'connected', socket };
  }
  return failed(
    { reason: 'refused' },
    { body: flatten(errors.length === 1 ? errors[0] : new AggregateError(errors)) },
  );
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

async function opened(socket: Socket, event: 'connect' | 'secureConnect', watch: Watch): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const onClose = () => reject(Object.assign(new Error('closed before it was open'), { code: 'ECONNRESET' }));
  socket.once(event, resolve);
  socket.once('error', reject);
  socket.once('close', onClose);
  try {
    await watch.until(promise);
  } finally {
    socket.off(event, resolve);
    socket.off('close', onClose);
    // `error` keeps a listener, so that a late one cannot end the process before the next owner listens.
    socket.on('error', () => {});
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
