/** A gateway whose one model, `picture`, goes over the given upstreams in their order: for tests of routing and failover. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readConfig } from '../packages/gateway/src/config/config.ts';
import { createGateway, type Gateway } from '../packages/gateway/src/gateway.ts';
import type { UpstreamAdapter } from '../packages/gateway/src/upstream/adapter.ts';
import { clientOf } from './client.ts';

export interface RoutedUpstream {
  readonly adapter: UpstreamAdapter;
  readonly upstreamModel: string;
}

export interface RoutedGateway {
  readonly gateway: Gateway;
  /** Everything the client was sent so far, headers included. */
  readonly clientBytes: () => string;
  ask<T>(method: string, where: string, body?: unknown): Promise<T>;
  close(): Promise<void>;
}

const CONFIG = [
  'server: { port: 0 }',
  'log: { level: silent }',
  'inputs: { allow_http_loopback: true }',
  'engine: { poll_interval: 20ms, reconcile_window: 300ms }',
].join('\n');

export async function openRouted(
  upstreams: Readonly<Record<string, RoutedUpstream>>,
): Promise<RoutedGateway> {
  const folder = await mkdtemp(path.join(tmpdir(), 'sluice-routes-'));
  const read = readConfig(CONFIG, folder, {});
  if (read.kind === 'invalid') throw new Error(JSON.stringify(read.problems));
  const studio = read.config.catalog.get('studio-image-1');
  if (!studio) throw new Error('the default catalogue has no studio-image-1');
  const routes = Object.entries(upstreams).map(([provider, { upstreamModel }], index) => ({
    id: `picture/${index}`,
    provider,
    upstreamModel,
    priority: index,
    weight: 1,
    maxParallel: null,
  }));
  const gateway = await createGateway(
    { ...read.config, catalog: new Map([['picture', { ...studio, id: 'picture', routes }]]) },
    { adapters: new Map(Object.entries(upstreams).map(([name, { adapter }]) => [name, adapter])) },
  );
  const client = clientOf(await gateway.listen());
  return {
    gateway,
    clientBytes: () => client.told.join('\n'),
    ask: async <T>(method: string, where: string, body?: unknown) =>
      (await client.ask<T>(method, where, body)).body,
    async close() {
      await gateway.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
