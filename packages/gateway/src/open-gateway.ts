/**
 * The gateway as other packages open it. Its store comes up on a thread of its own; this one loads the other rooms meanwhile, which
 * takes about as long.
 */
import type { Config } from './config/config.ts';
import type { Gateway, GatewayOptions } from './gateway.ts';
import { createLog } from './observe/log.ts';
import { openSqliteStore } from './store/sqlite/store.ts';

/** @throws StoreUnusable, DetectorUnusable, PackError: each says what is wrong and what to do about it. */
export async function createGateway(
  config: Config,
  options: Omit<GatewayOptions, 'opening'> = {},
): Promise<Gateway> {
  const log = options.log ?? createLog(config.log);
  const opening = openSqliteStore({ path: config.store.path, log });
  // Whoever waits for it is told; until then nobody is there to hear.
  opening.catch(() => {});
  const rooms = await import('./gateway.ts');
  return rooms.createGateway(config, { ...options, log, opening });
}
