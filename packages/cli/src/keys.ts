/** `sluice keys`: the API keys of an account, straight in the store, while no gateway runs on it. */
import { createKey, type Gateway, systemClock } from '@sluice/gateway';
import type { ConfigChoice } from './gateway-config.ts';
import { onOwnStore } from './own-store.ts';
import type { Terminal } from './terminal.ts';

export interface KeysOptions extends ConfigChoice {
  readonly action: 'list' | 'create' | 'disable';
  /** The name of a new key, the id of one to disable. */
  readonly value: string | null;
  /** Whose keys; null: the first account's. */
  readonly account: string | null;
}

export function manageKeys(terminal: Terminal, options: KeysOptions): Promise<number> {
  const { account: wanted } = options;
  return onOwnStore(terminal, options, async (store, accounts) => {
    const account = wanted === null ? accounts[0] : accounts.find(({ id }) => id === wanted);
    if (account) return act(terminal, store, account.id, options);
    terminal.note(
      wanted === null
        ? 'The configuration has no account that a key could belong to.'
        : `There is no account "${wanted}". Those of the configuration: ${accounts.map(({ id }) => id).join(', ')}.`,
    );
    return 1;
  });
}

async function act(
  terminal: Terminal,
  store: Gateway['store'],
  accountId: string,
  options: KeysOptions,
): Promise<number> {
  const { action, value } = options;
  switch (action) {
    case 'list': {
      for (const key of await store.keys(accountId)) {
        const created = new Date(key.createdAt).toISOString().slice(0, 10);
        const state =
          key.disabledAt === null
            ? 'active'
            : `disabled since ${new Date(key.disabledAt).toISOString().slice(0, 10)}`;
        terminal.print(`${key.id}  ${created}  ${state}  ${key.name}`);
      }
      return 0;
    }
    case 'create': {
      const secret = await createKey(store, systemClock, accountId, value ?? 'made by sluice keys');
      terminal.note('A new API key. It is shown only this once:\n');
      terminal.print(secret);
      return 0;
    }
    case 'disable': {
      if (value !== null && (await store.disableKey(value, systemClock.now()))) {
        terminal.print(`${value} is disabled.`);
        return 0;
      }
      terminal.note(`There is no active key ${value}. \`${terminal.command} keys list\` shows all.`);
      return 1;
    }
    default: {
      const never: never = action;
      return never;
    }
  }
}
