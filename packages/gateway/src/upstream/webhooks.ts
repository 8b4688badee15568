/**
 * The addresses at which upstreams may say that a job has changed, and what such a call is worth: after its token and its
 * provider's signature have been checked, the task is asked about at once. Nothing in the call itself is used.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { UpstreamAdapter, WebhookCall } from './adapter.ts';

export interface WebhookWorld {
  /** Signs the addresses; at least 32 bytes, kept with the store. */
  readonly secret: Uint8Array;
  /** Where the world reaches this gateway; null: no addresses are given out. Without a slash at the end. */
  readonly publicUrl: string | null;
  readonly clock: Clock;
  /** The adapter of the task's current attempt; null where there is no such task or route any more. */
  adapterOf(taskId: string): Promise<UpstreamAdapter | null>;
  /** Polls the task now, if it is being watched. */
  wake(taskId: string): void;
}

export interface Webhooks {
  /** To be given to an upstream whose adapter has `verifyWebhook`. */
  url(taskId: string): string | null;
  genuine(taskId: string, token: string): boolean;
  accept(taskId: string, token: string, call: WebhookCall): Promise<boolean>;
}

/** Longer than an adapter may need to fetch keys; a provider repeats a call, and polling goes on anyway. */
const PATIENCE_MS = 8_000;

export function createWebhooks(world: WebhookWorld): Webhooks {
  const tokenOf = (taskId: string) => createHmac('sha256', world.secret).update(taskId).digest('base64url');
  const genuine = (taskId: string, token: string) => {
    const expected = Buffer.from(tokenOf(taskId));
    const given = Buffer.from(token);
    return given.length === expected.length && timingSafeEqual(given, expected);
  };
  return {
    url: (taskId) => world.publicUrl && `${world.publicUrl}/hooks/${taskId}/${tokenOf(taskId)}`,
    genuine,
    async accept(taskId, token, call) {
      if (!genuine(taskId, token)) return false;
      const adapter = await world.adapterOf(taskId);
      if (!adapter?.verifyWebhook) return false;
      if (!(await within(world.clock, (signal) => verify(adapter, call, world.clock, signal)))) return false;
      world.wake(taskId);
      return true;
    },
  };
}

async function verify(
  adapter: UpstreamAdapter,
  call: WebhookCall,
  clock: Clock,
  signal: AbortSignal,
): Promise<boolean> {
  return (await adapter.verifyWebhook?.(call, { clock, signal })) ?? false;
}

async function within(clock: Clock, work: (signal: AbortSignal) => Promise<boolean>): Promise<boolean> {
  const patience = new AbortController();
  const timer = clock.after(PATIENCE_MS, () => patience.abort());
  try {
    return await work(patience.signal);
  } finally {
    timer.cancel();
  }
}
