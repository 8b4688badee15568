/** `sluice accounts`: whom tasks belong to and what they have left to spend, straight in the store, while no gateway runs on it. */
import type { ConfigChoice } from './gateway-config.ts';
import { onOwnStore } from './own-store.ts';
import type { Terminal } from './terminal.ts';

/** Credits, from what the store counts in. */
const MILLI = 1000;

export function listAccounts(terminal: Terminal, choice: ConfigChoice): Promise<number> {
  return onOwnStore(terminal, choice, async (store, accounts) => {
    for (const { id } of accounts) {
      const balance = await store.balance(id);
      if (!balance) continue;
      const { remaining, reserved, used } = balance;
      terminal.print(
        `${id}  ${remaining / MILLI} credits left, ${reserved / MILLI} reserved, ${used / MILLI} used`,
      );
    }
    return 0;
  });
}

/** `credits` may have three decimals. */
export function grantCredits(
  terminal: Terminal,
  choice: ConfigChoice,
  account: string,
  credits: number,
): Promise<number> {
  return onOwnStore(terminal, choice, async (store) => {
    const granted = await store.grant(account, Math.round(credits * MILLI));
    const balance = await store.balance(account);
    if (!granted || !balance) {
      terminal.note(`There is no account "${account}". \`${terminal.command} accounts list\` shows all.`);
      return 1;
    }
    terminal.print(`${account} has ${balance.remaining / MILLI} credits left.`);
    return 0;
  });
}
