/**
 * The gateway to operate and the key for it: what was given, else `SLUICE_OPERATOR_KEY`, else the key of the gateway here, from its
 * configuration or its data folder. That one is sent to this machine only.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SluiceOperator } from '@sluice/client';
import { addressOf } from './connect.ts';
import type { ConfigChoice } from './gateway-config.ts';
import { UsageError } from './usage-error.ts';

export interface OperatorTarget extends ConfigChoice {
  readonly url: string;
  readonly operatorKey: string | null;
}

export async function connectOperator(target: OperatorTarget): Promise<SluiceOperator> {
  const url = addressOf(target.url);
  const operatorKey = target.operatorKey ?? (isHere(url) ? await keyHere(target) : null);
  if (operatorKey === null) throw new UsageError(missing(url));
  return new SluiceOperator({ baseUrl: target.url, operatorKey, retries: 1 });
}

async function keyHere(choice: ConfigChoice): Promise<string | null> {
  const { configHere } = await import('./gateway-config.ts');
  const config = configHere(choice);
  if (config === null || config.server.operatorKey !== null) return config?.server.operatorKey ?? null;
  try {
    return (await readFile(join(config.dataFolder, 'operator.key'), 'utf8')).trim() || null;
  } catch {
    return null;
  }
}

function isHere({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

function missing(url: URL): string {
  return [
    'The operator key is needed: give it with --operator-key, or once for this shell with',
    '',
    '  export SLUICE_OPERATOR_KEY=op-...',
    '',
    isHere(url)
      ? 'A gateway keeps the one it made in operator.key in its data folder. Run this command where the gateway was started, or name its configuration with --config.'
      : 'The key that a gateway made for itself is in operator.key in its data folder; it is read from there only for a gateway on this machine.',
  ].join('\n');
}
