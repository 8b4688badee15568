/** Accounts, keys and secrets: what an operator sets up. */
import type { DatabaseSync } from 'node:sqlite';
import type { CreateKeyCommand } from '../commands.ts';

const ENSURE = `
  INSERT INTO accounts (id, granted, remaining, reserved, used) VALUES (:id, :grant, :grant, 0, 0) ON CONFLICT DO NOTHING`;

const GRANT = `
  UPDATE accounts SET granted = granted + :amount, remaining = remaining + :amount WHERE id = :id AND remaining + :amount >= 0`;

const CREATE_KEY = `
  INSERT INTO api_keys (id, account_id, name, secret_hash, created_at, expires_at, credit_limit)
  VALUES (:id, :accountId, :name, :secretHash, :createdAt, :expiresAt, :creditLimit)`;

const DISABLE_KEY = `UPDATE api_keys SET disabled_at = :at WHERE id = :id AND disabled_at IS NULL`;

/** Made once: a second maker's value is dropped. */
const KEEP_SECRET = `INSERT INTO secrets (name, value) VALUES (?, ?) ON CONFLICT DO NOTHING`;

export function prepareAccounts(db: DatabaseSync) {
  const ensure = db.prepare(ENSURE);
  const grant = db.prepare(GRANT);
  const createKey = db.prepare(CREATE_KEY);
  const disableKey = db.prepare(DISABLE_KEY);
  const keepSecret = db.prepare(KEEP_SECRET);
  return {
    ensure(id: string, amount: number): null {
      ensure.run({ id, grant: amount });
      return null;
    },
    grant: (id: string, amount: number): boolean => grant.run({ id, amount }).changes === 1,
    createKey({ kind: _, ...columns }: CreateKeyCommand): null {
      createKey.run(columns);
      return null;
    },
    disableKey: (id: string, at: number): boolean => disableKey.run({ id, at }).changes === 1,
    keepSecret(name: string, value: Uint8Array): null {
      keepSecret.run(name, value);
      return null;
    },
  };
}
