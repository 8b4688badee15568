/** What `keys` and `accounts` have in common: they work straight in the store, while no gateway runs on it. */
import { type Config, createGateway, type Gateway } from '@sluice/gateway';
import { type ConfigChoice, openConfig } from './gateway-config.ts';
import type { Terminal } from './terminal.ts';

/** Every account of the configuration is there when `act` is called. Gives the exit code. */
export async function onOwnStore(
  terminal: Terminal,
  choice: ConfigChoice,
  act: (store: Gateway['store'], accounts: Config['accounts']) => Promise<number>,
): Promise<number> {
  const found = openConfig(terminal, choice);
  if (!found) return 1;
  let gateway: Gateway;
  try {
    gateway = await createGateway({ ...found.config, log: { level: 'error' } });
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'StoreUnusable') throw error;
    terminal.note(error.message);
    return 1;
  }
  try {
    const { accounts } = found.config;
    for (const { id, credits } of accounts) await gateway.store.ensureAccount(id, credits);
    return await act(gateway.store, accounts);
  } finally {
    await gateway.close();
  }
}
