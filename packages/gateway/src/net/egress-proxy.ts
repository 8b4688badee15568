/**
 * The operator's HTTP proxy as the way out: `CONNECT` for an address that was checked here.
 *
 * The proxy is asked for an IP address, never for a name, so what the guard promises holds behind it too: nobody resolves the
 * name a second time. TLS runs through the tunnel, with the name in the URL; the proxy sees neither path nor content.
 */
import { type IncomingMessage, request } from 'node:http';
import { isIPv6, type Socket } from 'node:net';
import type { NetworkFault } from '@sluice/errors';
import { flatten } from './failure.ts';
import type { Network } from './network.ts';
import { opened } from './opened.ts';
import { bareHost } from './target.ts';
import type { Watch } from './watch.ts';

export interface EgressProxy {
  /** A name or an address, also a private one: it is the operator's own. */
  readonly host: string;
  readonly port: number;
  /** The value of `Proxy-Authorization`; null where the proxy wants none. Never logged, never shown. */
  readonly authorization: string | null;
}

/** Squid's, which the others followed. */
const USUAL_PORT = 3128;

/** `http://user:password@host:port`, user and password percent-encoded; null for anything else. */
export function readProxy(text: string): EgressProxy | null {
  const url = URL.parse(text);
  if (url?.protocol !== 'http:' || `${url.pathname}${url.search}${url.hash}` !== '/') return null;
  const login = [decoded(url.username), decoded(url.password)];
  if (login.includes(null)) return null;
  // A URL leaves out the port that its scheme has by default.
  const port = url.port !== '' ? Number(url.port) : /:80\/?$/.test(text) ? 80 : USUAL_PORT;
  return {
    host: bareHost(url),
    port,
    // RFC 7617.
    authorization:
      url.username === '' && url.password === ''
        ? null
        : `Basic ${Buffer.from(login.join(':')).toString('base64')}`,
  };
}

function decoded(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}

/**
 * What is wrong with the proxy: no connection to it; it wants (other) credentials; it answered `CONNECT` with something else than
 * success, without proof that the other end is to blame; or it did not answer in HTTP.
 */
export type ProxyProblem = 'unreachable' | 'needs_login' | 'refused' | 'unreadable';

/** A fault of this installation and not of anybody's link: for the operator. */
export interface Stranded {
  readonly kind: 'stranded';
  readonly problem: ProxyProblem;
  /** What the proxy answered; null where it said nothing. */
  readonly status: number | null;
  readonly fault: NetworkFault | null;
}

export type Tunnel =
  | { readonly kind: 'connected'; readonly socket: Socket }
  /** The proxy works, but did not get through to this address. */
  | { readonly kind: 'refused'; readonly fault: NetworkFault }
  | Stranded;

/** Rejects only when the watch ends while the proxy tries to reach the other end: that time is the other end's. */
export async function tunnelTo(
  address: string,
  port: number,
  proxy: EgressProxy,
  network: Network,
  watch: Watch,
): Promise<Tunnel> {
  const socket = network.dialProxy(proxy.host, proxy.port);
  try {
    await opened(socket, 'connect', watch);
  } catch (error) {
    socket.destroy();
    if (!watch.ranOut('connect')) watch.signal.throwIfAborted();
    return stranded('unreachable', null, error);
  }
  const answer = await connectOver(socket, address, port, proxy, watch);
  if (answer.kind === 'connected') return answer;
  socket.destroy();
  return answer;
}

async function connectOver(
  socket: Socket,
  address: string,
  port: number,
  proxy: EgressProxy,
  watch: Watch,
): Promise<Tunnel> {
  const authority = `${isIPv6(address) ? `[${address}]` : address}:${port}`;
  const { promise, resolve, reject } = Promise.withResolvers<{ answer: IncomingMessage; early: Buffer }>();
  const asking = request({
    method: 'CONNECT',
    path: authority,
    headers: {
      host: authority,
      ...(proxy.authorization === null ? {} : { 'proxy-authorization': proxy.authorization }),
    },
    createConnection: () => socket,
    setHost: false,
    maxHeaderSize: 16_384,
  });
  asking.once('connect', (answer, _socket, early) => resolve({ answer, early }));
  // To `CONNECT` Node gives every answer as `connect`, but for 1xx, of which it wants more.
  asking.on('error', reject);
  asking.end();
  try {
    const { answer, early } = await watch.until(promise);
    const outcome = outcomeOf(answer, socket);
    // Neither in TLS nor in HTTP does the other end speak first: these are the proxy's own words.
    const spokeFirst = outcome.kind === 'connected' && early.byteLength > 0;
    return spokeFirst ? stranded('unreadable', answer.statusCode ?? null) : outcome;
  } catch (error) {
    asking.destroy();
    socket.destroy();
    watch.signal.throwIfAborted();
    return stranded('unreadable', null, error);
  }
}

function outcomeOf(answer: IncomingMessage, socket: Socket): Tunnel {
  const status = answer.statusCode ?? 0;
  if (status >= 200 && status < 300) return { kind: 'connected', socket };
  if (status === 407) return stranded('needs_login', status);
  const proof = otherEndIsToBlame(answer);
  if (proof === null) return stranded('refused', status);
  return {
    kind: 'refused',
    fault: { name: 'ProxyAnswer', message: `The proxy answered ${status}: ${proof}.`, code: 'ECONNREFUSED' },
  };
}

/** What proxies say when the address did not answer them: RFC 9209's `Proxy-Status`, or Squid's own header. */
const OTHER_END =
  /\berror="?(connection_refused|connection_terminated|connection_timeout|destination_unavailable|destination_ip_unroutable)\b/;

function otherEndIsToBlame({ headers }: IncomingMessage): string | null {
  const [, error] = OTHER_END.exec(String(headers['proxy-status'] ?? '')) ?? [];
  if (error !== undefined) return error;
  return /^ERR_CONNECT_FAIL\b/.test(String(headers['x-squid-error'] ?? '')) ? 'ERR_CONNECT_FAIL' : null;
}

function stranded(problem: ProxyProblem, status: number | null, error?: unknown): Stranded {
  return { kind: 'stranded', problem, status, fault: error === undefined ? null : flatten(error) };
}
