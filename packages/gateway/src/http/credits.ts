import type { CreditsView } from '@sluice/protocol';
import type { FastifyRequest } from 'fastify';
import { keyOf } from './auth.ts';
import type { HttpDeps } from './deps.ts';
import { credits } from './task-view.ts';

export function creditsHandlers({ store }: Pick<HttpDeps, 'store'>) {
  return {
    async getCredits(request: FastifyRequest): Promise<CreditsView> {
      const { id, accountId } = keyOf(request);
      const [account, keys] = await Promise.all([store.balance(accountId), store.keys(accountId)]);
      const key = keys.find((one) => one.id === id);
      if (!account || !key) throw new Error(`the account ${accountId} of a valid key has no balance`);
      const own =
        key.creditLimit === null
          ? null
          : Math.max(0, key.creditLimit - key.creditsReserved - key.creditsUsed);
      return {
        success: true,
        message: '',
        data: {
          token: {
            // A key can spend no more than its account has.
            remaining_credits: credits(own === null ? account.remaining : Math.min(own, account.remaining)),
            unlimited_credits: own === null,
            used_credits: credits(key.creditsUsed),
          },
          user: { remaining_credits: credits(account.remaining), used_credits: credits(account.used) },
        },
      };
    },
  };
}
