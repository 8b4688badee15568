/**
 * The gateway: the only file that sees every room. It opens them from the bottom up, hands each what it needs, and closes
 * them in the reverse order.
 */
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { createKey } from './api-keys.ts';
import { type Clock, systemClock } from './clock.ts';
import type { Config } from './config/config.ts';
import { Engine } from './engine/engine.ts';
import { EventHub } from './engine/events.ts';
import { noRouteError } from './engine/no-route.ts';
import { createLinks } from './files/links.ts';
import { openLocalFiles, scratchFolderOf } from './files/local.ts';
import { createApp } from './http/app.ts';
import { createIntake } from './intake/intake.ts';
import { createLook } from './intake/look.ts';
import { createChecker } from './media/checker.ts';
import { prepareInputs } from './media/inputs.ts';
import { takeOver } from './media/results.ts';
import { translator } from './media/translate.ts';
import { openModeration } from './moderation/open.ts';
import { createFetcher, type FetchPolicy } from './net/fetcher.ts';
import type { Network } from './net/network.ts';
import { createLog, logEvents } from './observe/log.ts';
import { createMetrics } from './observe/metrics.ts';
import { openOperatorKey } from './operator-key.ts';
import { randomId } from './random-id.ts';
import { startSweeper } from './retention/sweeper.ts';
import type { TaskRecord } from './store/records.ts';
import { openSqliteStore } from './store/sqlite/store.ts';
import type { Store } from './store/store.ts';
import { createUploadLinks } from './uploads/links.ts';
import { startUploadSweeper } from './uploads/sweeper.ts';
import { createUploads } from './uploads/uploads.ts';
import type { UpstreamAdapter } from './upstream/adapter.ts';
import { openAdapters } from './upstream/registry.ts';
import { rehearsals } from './upstream/studio/rehearsal.ts';
import { createWebhooks } from './upstream/webhooks.ts';

export interface GatewayOptions {
  readonly clock?: Clock;
  readonly log?: Logger;
  /** Replaces the adapters that the configuration's providers would get; for tests and benchmarks. */
  readonly adapters?: ReadonlyMap<string, UpstreamAdapter>;
  /** Takes the place of the internet where links are downloaded; for tests. */
  readonly network?: Network;
  /** The configuration's store where it is being opened already; the gateway closes it. */
  readonly opening?: Promise<Store>;
}

export interface Gateway {
  readonly app: FastifyInstance;
  readonly store: Store;
  readonly engine: Engine;
  /** Starts serving. `firstKey` is the secret of a key just made for an account that had none; it is shown only this once. */
  listen(): Promise<{ readonly url: string; readonly firstKey: string | null }>;
  /** Refuses new work, lets what is under way come to a safe point, and closes every room. */
  close(): Promise<void>;
}

/** After the gateway listens: whoever waited for that comes first. */
const SPARE_TIME_MS = 200;

export async function createGateway(config: Config, options: GatewayOptions = {}): Promise<Gateway> {
  const clock = options.clock ?? systemClock;
  const log = options.log ?? createLog(config.log);
  const node = `node-${randomId(12)}`;
  const releases: (() => unknown)[] = [];
  /** What makes the first requests quicker, and would make the start slower. */
  const spareTime: (() => Promise<void>)[] = [];
  /** One room that cannot be closed keeps no other open, and hides no error that made the start fail. */
  const release = async () => {
    for (const close of releases.splice(0).reverse()) {
      try {
        await close();
      } catch (error) {
        log.error({ err: error }, 'a part of the gateway could not be closed');
      }
    }
  };

  // The store starts a thread of its own; meanwhile this one loads the adapters.
  const opening = options.opening ?? openSqliteStore({ path: config.store.path, log });
  releases.push(() => opening.then((store) => store.close(), NOT_OPENED));
  try {
    const files = await openLocalFiles(config.files.path);
    const fetcher = createFetcher(fetchPolicy(config), {
      clock,
      ...(options.network ? { network: options.network } : {}),
      onStranded: ({ problem, status, fault }) =>
        log.error({ alarm: 'egress_proxy', problem, status, fault }, 'the egress proxy is in the way'),
    });
    const checker = createChecker({ workers: 1, clock });
    releases.push(() => checker.close());
    const adapters = options.adapters ?? (await openAdapters(config.providers, { clock, log }));
    releases.push(() => Promise.all([...adapters.values()].map((adapter) => adapter.close?.())));
    const store = await opening;
    const events = new EventHub((error) => log.error({ err: error }, 'a listener of engine events threw'));
    releases.push(logEvents(events, log));

    const moderation = await openModeration(config.moderation, {
      store,
      files,
      translate: translator(checker),
      clock,
      randomId,
      log,
      callerFor: async (service, secrets) => {
        const { createCaller } = await import('./upstream/call.ts');
        return createCaller({ provider: service, api: 'moderation', secrets });
      },
      onClose: (close) => releases.push(close),
      onListening: (work) => spareTime.push(work),
    });
    let url = '';
    const publicUrl = () => config.server.publicUrl ?? url;
    const uploads = createUploads({
      store,
      files,
      fetcher,
      checker,
      clock,
      links: createUploadLinks({ secret: await store.secret('uploads'), baseUrl: publicUrl }),
      randomId,
      scratch: scratchFolderOf(config.files.path),
      settings: config.files,
    });
    const hooks = createWebhooks({
      secret: await store.secret('hooks'),
      publicUrl: config.server.publicUrl,
      clock,
      adapterOf: async (taskId) => adapterOf(await store.task(taskId), engine),
      wake: (taskId) => engine.wake(taskId),
    });
    const engine = new Engine({
      node,
      store,
      files,
      media: {
        prepare: (task, model, signal) => {
          const own = uploads.fetcherFor(task.accountId);
          return prepareInputs({ task, model, files, fetcher: own, checker, signal });
        },
        takeOver: (source, request) => takeOver(source, { ...request, files, fetcher, checker }),
      },
      moderation: moderation.doors,
      catalog: config.catalog,
      adapters,
      events,
      clock,
      random: Math.random,
      log,
      webhookUrl: (taskId) => hooks.url(taskId),
      settings: config.engine,
    });

    let draining = false;
    const app = createApp({
      store,
      intake: createIntake({
        catalog: config.catalog,
        store,
        files,
        clock,
        randomId,
        node,
        config: { ...config, inputs: { ...config.inputs, isOwnLink: uploads.isOwn } },
        look: createLook({
          files,
          checker,
          fetcherFor: uploads.fetcherFor,
          async moderate(request, { inputs, files: lying }, signal) {
            await moderation.preflightDoors(lying).checkInput({ ...request, id: null }, inputs, signal);
          },
        }),
        noRoute: (model) => noRouteError(engine.routing.choose(model, []), model.id),
        onAdmitted: (task) => engine.take(task),
      }),
      engine,
      hooks,
      decisions: moderation.decisions,
      sight: moderation.sight,
      operatorKeyHash: await openOperatorKey(config.server.operatorKey, config.dataFolder),
      events,
      catalog: config.catalog,
      links: createLinks({
        secret: await store.secret('links'),
        baseUrl: publicUrl,
        lifeMs: config.retention.linksMs,
        now: () => clock.now(),
      }),
      files,
      uploads,
      clock,
      log,
      metrics: createMetrics({ events, gauges: () => engine.gauges(), store }),
      rehearsals: rehearsals(),
      publicUrl,
      draining: () => draining,
      randomId,
      retention: config.retention,
    });
    releases.push(() => engine.stop());
    const sweeper = startSweeper({ store, files, clock, log, tasksMs: config.retention.tasksMs });
    releases.push(() => sweeper.stop());
    const uploadSweeper = startUploadSweeper(uploads, { clock, log });
    releases.push(() => uploadSweeper.stop());
    releases.push(() => app.close());

    return {
      app,
      store,
      engine,
      async listen() {
        const firstKey = await openAccounts(config, store, clock);
        await engine.start();
        await app.listen({ host: config.server.host, port: config.server.port });
        url = urlOf(config.server.host, app.server.address());
        const timer = clock.after(SPARE_TIME_MS, async () => {
          for (const work of spareTime) await work();
        });
        releases.push(() => timer.cancel());
        return { url: publicUrl(), firstKey };
      },
      async close() {
        draining = true;
        await release();
      },
    };
  } catch (error) {
    await release();
    throw error;
  }
}

/** Who made the task's current attempt, and so who may send webhooks about it. */
function adapterOf(task: TaskRecord | null, engine: Engine): UpstreamAdapter | null {
  const attempt = task?.attempts.at(-1);
  return (attempt && engine.routing.find(attempt.route)?.adapter) ?? null;
}

function fetchPolicy({ inputs, files, network }: Config): FetchPolicy {
  const limits = { totalMs: inputs.timeoutMs, maxBytes: inputs.maxBytes };
  return {
    ...network,
    allowHttpLoopback: inputs.allowHttpLoopback,
    scratch: scratchFolderOf(files.path),
    limits: { input: limits },
  };
}

/** A store that could not be opened needs no closing; why it could not is told by whoever waits for it. */
const NOT_OPENED = () => {};

/** Creates the configured accounts; the first of them gets a key where it has none. */
async function openAccounts(config: Config, store: Store, clock: Clock): Promise<string | null> {
  for (const account of config.accounts) await store.ensureAccount(account.id, account.credits);
  const [first] = config.accounts;
  if (!first || (await store.keys(first.id)).length > 0) return null;
  return createKey(store, clock, first.id, 'first key');
}

function urlOf(host: string, address: AddressInfo | string | null): string {
  const port = typeof address === 'object' && address ? address.port : 0;
  const shown =
    host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host.includes(':') ? `[${host}]` : host;
  return `http://${shown}:${port}`;
}
