/** API keys: how they look, and how they are kept. The secret itself is shown once and stored nowhere. */
import { hash } from 'node:crypto';
import type { Clock } from './clock.ts';
import { randomId } from './random-id.ts';
import type { Store } from './store/store.ts';

/** What the store knows of a key: the hex SHA-256 of its secret. */
export const hashOfKey = (secret: string): string => hash('sha256', secret);

/** Makes a key and returns its secret, `sk-` and 40 letters or digits. */
export async function createKey(
  store: Store,
  clock: Clock,
  accountId: string,
  name: string,
): Promise<string> {
  const secret = `sk-${randomId(40)}`;
  await store.createKey({
    id: `key-${randomId(12)}`,
    accountId,
    name,
    secretHash: hashOfKey(secret),
    createdAt: clock.now(),
    expiresAt: null,
    creditLimit: null,
  });
  return secret;
}
