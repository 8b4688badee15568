/** Every rehearsal through a whole gateway: what the table promises is what a client is told. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { readConfig } from '../packages/gateway/src/config/config.ts';
import { createGateway, type Gateway } from '../packages/gateway/src/gateway.ts';
import { rehearsals } from '../packages/gateway/src/upstream/studio/rehearsal.ts';
import { type Client, clientOf } from './client.ts';

/** `never_finishes` waits for the model's own time-out, which no test has the time for. */
const TOO_LONG = new Set(['rehearse:never_finishes', 'rehearse:slow/20s']);

describe('the rehearsals, through a whole gateway', { concurrency: true }, () => {
  let gateway: Gateway;
  let folder: string;
  let client: Client;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'sluice-rehearsal-'));
    const read = readConfig('server: { port: 0 }\nlog: { level: silent }\n', folder, {});
    if (read.kind !== 'ok') throw new Error(JSON.stringify(read.problems));
    const engine = { ...read.config.engine, reconcileWindowMs: 3_000, pollIntervalMs: 200 };
    gateway = await createGateway({ ...read.config, engine });
    client = clientOf(await gateway.listen());
  });

  after(async () => {
    await gateway.close();
    await rm(folder, { recursive: true, force: true });
  });

  for (const { words, ends_in } of rehearsals().filter((row) => !TOO_LONG.has(row.words))) {
    it(words, async () => {
      const body = { model: 'studio-image-1', prompt: `a pond ${words}`, size: '64x64' };
      const task = await client.finished('images', body);
      if (ends_in === 'completed') {
        assert.equal(task.status, 'completed', JSON.stringify(task.error));
      } else {
        assert.deepEqual({ code: task.error?.code, subtype: task.error?.subtype }, ends_in);
        assert.equal(task.usage.credits_used, 0);
      }
    });
  }
});
