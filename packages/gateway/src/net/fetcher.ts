/**
 * The one guarded caller for URLs we were given by somebody else. Read this first.
 *
 * For each hop: read the URL (target.ts), resolve and check every address, connect to one of those very addresses (connect.ts),
 * where the operator wants it through a proxy (egress-proxy.ts), ask, and follow at most five redirects by starting over. undici
 * only ever gets a socket that is already connected, so it can neither resolve a name nor follow a redirect on its own. The body
 * streams into a scratch file: however much a server sends, memory holds one chunk of it.
 */
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { TaskError } from '@sluice/errors';
import type { Client, Dispatcher } from 'undici';
import { type Clock, systemClock } from '../clock.ts';
import { failureOf } from './answers.ts';
import { type ConnectLimits, connectTo } from './connect.ts';
import type { EgressProxy, Stranded } from './egress-proxy.ts';
import { type FailedFetch, failed, flatten, type Heard } from './failure.ts';
import { type Network, systemNetwork } from './network.ts';
import { readHead, saveBody } from './save-body.ts';
import { readTarget, type Target, type TargetPolicy } from './target.ts';
import { Watch } from './watch.ts';

export interface FetchLimits extends ConnectLimits {
  /** From the request to the status line. */
  readonly headersMs: number;
  /** From the call to the last byte, redirects included. */
  readonly totalMs: number;
  /** In every ten seconds of the body, on average. */
  readonly minBytesPerSecond: number;
  /** No call gets more, whatever it asks for. */
  readonly maxBytes: number;
}

export type FetchPurpose = 'input' | 'result';

/** The lists of hosts are for inputs: where results are fetched from is the business of the providers the operator chose. */
export interface FetchPolicy extends Partial<TargetPolicy> {
  readonly allowHttpLoopback: boolean;
  /** Null, the default: connections are made directly. */
  readonly egressProxy?: EgressProxy | null;
  /** Where bodies are written; on the same device as the file store, taking one over costs a rename. Default: the system's. */
  readonly scratch?: string;
  readonly limits?: Partial<Record<FetchPurpose, Partial<FetchLimits>>>;
}

/** What is injected: time and the network. */
export interface FetchWorld {
  readonly clock: Clock;
  readonly network: Network;
  /** Called each time the operator's proxy is in the way. */
  readonly onStranded: (why: Stranded) => void;
}

export interface FetchOptions {
  readonly maxBytes: number;
  readonly signal: AbortSignal;
  readonly purpose: FetchPurpose;
}

/** A downloaded file. It is the caller's: take it over, or call `discard`. */
export interface DownloadedFile {
  readonly kind: 'fetched';
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  /** Removes the file; fine when it was taken over already. */
  discard(): Promise<void>;
}

export type FetchedMedia = DownloadedFile | FailedFetch;

export interface Fetcher {
  /**
   * Whatever is wrong with the link or its host is a value. Rejects when `signal` aborts (with its reason), when the scratch
   * folder cannot be written, and with the TaskError `service_unavailable` when the operator's proxy is in the way: that is the
   * service's fault, and another link would fare no better.
   */
  fetchMedia(url: string, options: FetchOptions): Promise<FetchedMedia>;
}

const MAX_REDIRECTS = 5;
const PACE_WINDOW_MS = 10_000;

const DEFAULT_TARGETS: TargetPolicy = {
  allowHttpLoopback: false,
  ports: [443, 8443],
  allowHosts: null,
  denyHosts: [],
};
const MEGABYTE = 1_000_000;
const DEFAULT_LIMITS: Record<FetchPurpose, FetchLimits> = {
  input: {
    dnsMs: 5_000,
    connectMs: 5_000,
    headersMs: 15_000,
    totalMs: 30_000,
    minBytesPerSecond: 1_000,
    maxBytes: 100 * MEGABYTE,
  },
  // An upstream's own storage: slower and larger things are normal, and were paid for.
  result: {
    dnsMs: 5_000,
    connectMs: 10_000,
    headersMs: 60_000,
    totalMs: 600_000,
    minBytesPerSecond: 1_000,
    maxBytes: 2_000 * MEGABYTE,
  },
};

export function createFetcher(policy: FetchPolicy, world: Partial<FetchWorld> = {}): Fetcher {
  const targets = { ...DEFAULT_TARGETS, ...policy };
  const targetsOf: Readonly<Record<FetchPurpose, TargetPolicy>> = {
    input: targets,
    result: { ...targets, allowHosts: null, denyHosts: [] },
  };
  const scratch = policy.scratch ?? tmpdir();
  const clock = world.clock ?? systemClock;
  const ways = { network: world.network ?? systemNetwork(), proxy: policy.egressProxy ?? null };

  return {
    async fetchMedia(url, options) {
      options.signal.throwIfAborted();
      const limits = { ...DEFAULT_LIMITS[options.purpose], ...policy.limits?.[options.purpose] };
      const watch = new Watch(clock, options.signal, limits.totalMs);
      const outcome = await downloaded(url, options, limits, watch);
      if (outcome.kind !== 'stranded') return outcome;
      world.onStranded?.(outcome);
      throw noWayOut();
    },
  };

  async function downloaded(
    url: string,
    options: FetchOptions,
    limits: FetchLimits,
    watch: Watch,
  ): Promise<FetchedMedia | Stranded> {
    try {
      return await follow(url, options, limits, watch);
    } catch (error) {
      options.signal.throwIfAborted();
      if (watch.expired) return failed(watch.expired, { body: flatten(error) });
      throw error;
    } finally {
      watch.end();
    }
  }

  async function follow(
    first: string,
    options: FetchOptions,
    limits: FetchLimits,
    watch: Watch,
  ): Promise<FetchedMedia | Stranded> {
    let location = first;
    let from: Target | null = null;
    const hosts: string[] = [];
    for (let redirects = 0; ; redirects++) {
      const target: Target | FailedFetch['failure'] = readTarget(location, targetsOf[options.purpose], from);
      if ('reason' in target) return failed(target);
      hosts.push(target.host);
      const connected = await connectTo(target, ways, limits, watch);
      if (connected.kind !== 'connected') return connected;

      const client = await clientOver(target, connected.socket);
      try {
        const answer = await ask(client, target, limits, watch);
        if (answer.kind === 'failed') return answer;
        const next = redirectOf(answer.response);
        if (next === null) return await takeBody(answer.response, target, hosts, options, limits, watch);
        if (redirects === MAX_REDIRECTS) {
          return failed({ reason: 'too_many_redirects', max: MAX_REDIRECTS }, heard(answer.response));
        }
        location = next;
        from = target;
      } finally {
        await client.destroy();
        connected.socket.destroy();
      }
    }
  }

  async function takeBody(
    response: Dispatcher.ResponseData,
    target: Target,
    hosts: readonly string[],
    options: FetchOptions,
    limits: FetchLimits,
    watch: Watch,
  ): Promise<FetchedMedia> {
    if (response.statusCode !== 200) {
      const body = await readHead(response.body, watch);
      const headers = headersOf(response);
      const failure = failureOf({ url: target.url, status: response.statusCode, headers, body }, clock.now());
      return failed(failure, { ...heard(response), body: Buffer.from(body).toString('utf8') });
    }
    const encoding = headersOf(response)['content-encoding']?.trim().toLowerCase() ?? 'identity';
    if (encoding !== 'identity' && encoding !== '') {
      return failed({ reason: 'compressed', encoding: encoding.slice(0, 32) }, heard(response));
    }
    let received = 0;
    watch.keepPace(PACE_WINDOW_MS, limits.minBytesPerSecond, () => received);
    const saved = await saveBody(response.body, {
      folder: scratch,
      maxBytes: Math.min(options.maxBytes, limits.maxBytes),
      announced: announcedBytes(response),
      hosts,
      onBytes: (count) => {
        received += count;
      },
      watch,
    });
    return saved.kind === 'failed'
      ? { ...saved, heard: { ...heard(response), body: saved.heard.body } }
      : saved;
  }
}

/** What is wrong with the proxy is for the operator alone. */
function noWayOut(): TaskError {
  return new TaskError('service_unavailable', {
    because:
      'The service has no way to the internet just now, and could not download a link of this request.',
    remedy: 'Try again in a minute, or send the file as a data URL.',
  });
}

/** Over this one socket: asked for another, it has none to give. undici is loaded with the first fetch, not with the gateway. */
async function clientOver(target: Target, socket: Socket): Promise<Client> {
  const undici = await import('undici');
  let given = false;
  return new undici.Client(target.url.origin, {
    connect: (_options, callback) => {
      if (given) return callback(new Error('the checked connection is over'), null);
      given = true;
      // Later: undici is in the middle of looking at its queue, and would not look again.
      queueMicrotask(() => callback(null, socket));
    },
    pipelining: 1,
    // The watch keeps the time, so that tests can.
    headersTimeout: 0,
    bodyTimeout: 0,
    maxHeaderSize: 16_384,
  });
}

async function ask(
  client: Client,
  target: Target,
  limits: FetchLimits,
  watch: Watch,
): Promise<{ kind: 'answered'; response: Dispatcher.ResponseData } | FailedFetch> {
  watch.enter('headers', limits.headersMs);
  try {
    const response = await client.request({
      method: 'GET',
      path: `${target.url.pathname}${target.url.search}`,
      headers: {
        accept: 'image/*, video/*, audio/*, */*;q=0.1',
        'accept-encoding': 'identity',
        'user-agent': 'Sluice (media fetch)',
      },
      signal: watch.signal,
      // One request for each connection: `Connection: close`.
      reset: true,
    });
    return { kind: 'answered', response };
  } catch (error) {
    watch.signal.throwIfAborted();
    return failed({ reason: 'interrupted' }, { body: flatten(error) });
  }
}

function redirectOf(response: Dispatcher.ResponseData): string | null {
  if (![301, 302, 303, 307, 308].includes(response.statusCode)) return null;
  return headersOf(response).location ?? null;
}

function announcedBytes(response: Dispatcher.ResponseData): number | null {
  const announced = headersOf(response)['content-length'];
  return announced !== undefined && /^\d+$/.test(announced) ? Number(announced) : null;
}

function heard(response: Dispatcher.ResponseData): Heard {
  return { status: response.statusCode, headers: headersOf(response), body: null };
}

function headersOf(response: Dispatcher.ResponseData): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(response.headers)) {
    if (value !== undefined) flat[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flat;
}
