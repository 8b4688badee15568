import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { ManualClock } from '../clock.ts';
import { openAdapters } from './registry.ts';

it('opens an adapter for each provider, under the name that routes use', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'registry-'));
  const log = { warn() {}, error: (_details: object, message: string) => assert.fail(message) };
  const providers = new Map([
    ['studio', { adapter: 'studio', folder: join(folder, 'one'), workers: 1 }],
    ['second studio', { adapter: 'studio', folder: join(folder, 'two'), workers: 1 }],
  ] as const);
  const adapters = openAdapters(providers, { clock: new ManualClock(), log });
  assert.deepEqual([...adapters.keys()], ['studio', 'second studio']);
  for (const adapter of adapters.values()) assert.equal(adapter.provider, 'studio');
  await Promise.all([...adapters.values()].map((adapter) => adapter.close?.()));
  await rm(folder, { recursive: true });
});
