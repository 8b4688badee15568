/**
 * `GET /v1/tasks/{id}` with a key against a bare node:http server that sends the same bytes: `node bench/http-get.ts`.
 *
 * Each server is one process and the client is another; they take turns, so that a busy machine slows both. Two ratios come
 * out: of requests a second, and of CPU time a request, which is the same number where the client keeps a server busy and
 * which other work on the machine disturbs less.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import autocannon from 'autocannon';

export interface Rate {
  readonly perSecond: number;
  /** Of the server's process. */
  readonly cpuMicroseconds: number;
}

export interface GetResult {
  readonly bare: Rate;
  readonly gateway: Rate;
  /** Gateway to bare, the median over the rounds; 1 is as fast. */
  readonly rateRatio: number;
  readonly cpuRatio: number;
}

export async function benchGet({ rounds = 5, seconds = 2, connections = 32 } = {}): Promise<GetResult> {
  const [bare, gateway] = await Promise.all([start('bare'), start('gateway')]);
  try {
    for (const server of [bare, gateway]) await measure(server, 1, connections);
    const pairs: { readonly bare: Rate; readonly gateway: Rate }[] = [];
    for (let round = 0; round < rounds; round++) {
      pairs.push({
        bare: await measure(bare, seconds, connections),
        gateway: await measure(gateway, seconds, connections),
      });
    }
    const middle = (value: (pair: (typeof pairs)[number]) => number) => median(pairs.map(value));
    const rate = (name: 'bare' | 'gateway'): Rate => ({
      perSecond: middle((pair) => pair[name].perSecond),
      cpuMicroseconds: middle((pair) => pair[name].cpuMicroseconds),
    });
    return {
      bare: rate('bare'),
      gateway: rate('gateway'),
      rateRatio: middle((pair) => pair.gateway.perSecond / pair.bare.perSecond),
      cpuRatio: middle((pair) => pair.bare.cpuMicroseconds / pair.gateway.cpuMicroseconds),
    };
  } finally {
    for (const { child } of [bare, gateway]) child.disconnect();
  }
}

interface Server {
  readonly child: ChildProcess;
  readonly url: string;
  readonly headers: Record<string, string>;
}

async function start(name: string): Promise<Server> {
  const child = fork(new URL('./http-get-server.ts', import.meta.url), [name]);
  const [place]: Omit<Server, 'child'>[] = await once(child, 'message');
  if (!place) throw new Error(`the ${name} server did not start`);
  return { child, ...place };
}

async function measure(
  { child, url, headers }: Server,
  duration: number,
  connections: number,
): Promise<Rate> {
  const before = await cpuOf(child);
  const { requests, errors, non2xx } = await autocannon({ url, headers, duration, connections });
  const after = await cpuOf(child);
  if (non2xx > 0 || errors > 0) throw new Error(`${non2xx} refusals, ${errors} errors`);
  return { perSecond: requests.average, cpuMicroseconds: (after - before) / requests.total };
}

async function cpuOf(child: ChildProcess): Promise<number> {
  const answer = once(child, 'message');
  child.send('cpu');
  const [usage]: NodeJS.CpuUsage[] = await answer;
  return usage ? usage.user + usage.system : Number.NaN;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

if (import.meta.main) {
  const { bare, gateway, rateRatio, cpuRatio } = await benchGet();
  const show = (rate: Rate) =>
    `${Math.round(rate.perSecond)}/s, ${rate.cpuMicroseconds.toFixed(1)} us CPU each`;
  console.log(`GET /v1/tasks/{id}   gateway: ${show(gateway)}`);
  console.log(`the same bytes, bare node:http: ${show(bare)}`);
  console.log(`ratio of rates ${rateRatio.toFixed(3)}, of CPU time ${cpuRatio.toFixed(3)} (goal 0.75)`);
}
