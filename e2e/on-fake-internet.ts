/** A whole gateway on a fake internet and a clock that is moved by hand: for tests of what becomes of links. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ManualClock } from '../packages/gateway/src/clock.ts';
import { readConfig } from '../packages/gateway/src/config/config.ts';
import { createGateway, type Gateway } from '../packages/gateway/src/gateway.ts';
import { sampleImage } from '../packages/gateway/src/media/sample-media.ts';
import { type FakeInternet, PUBLIC_ADDRESS } from '../packages/gateway/src/net/fake-internet.ts';
import { createLog } from '../packages/gateway/src/observe/log.ts';
import type { UpstreamAdapter } from '../packages/gateway/src/upstream/adapter.ts';
import { memoryLedger } from '../packages/gateway/src/upstream/scripted/ledger.ts';
import { createScripted } from '../packages/gateway/src/upstream/scripted/scripted.ts';
import { type Client, clientOf, type TaskView } from './client.ts';

export interface OnFakeInternet {
  readonly gateway: Gateway;
  /** What the log says so far. */
  readonly log: () => string;
  readonly ask: Client['ask'];
  /** Submits a picture with these inputs and follows it to its end; between two looks so many milliseconds pass as `step` says. */
  submit(urls: readonly string[], step?: () => number): Promise<TaskView>;
  close(): Promise<void>;
}

/** The public address leads to whatever `internet` serves there; `media.test` and `*.media.test` are its names. */
export async function openOnFakeInternet(
  internet: FakeInternet,
  config = '',
  env: Readonly<Record<string, string>> = {},
  adapter: UpstreamAdapter | null = null,
): Promise<OnFakeInternet> {
  const folder = await mkdtemp(path.join(tmpdir(), 'sluice-links-'));
  internet.name('media.test', [PUBLIC_ADDRESS]);
  const read = readConfig(`server: { port: 0 }\n${config}`, folder, env);
  if (read.kind === 'invalid') throw new Error(JSON.stringify(read.problems));
  const sample = path.join(folder, 'result.png');
  await writeFile(sample, await sampleImage('png', 8, 8));
  const output = { sample, folder: path.join(folder, 'made'), mimeType: 'image/png' };
  const clock = new ManualClock();
  const lines: string[] = [];
  const gateway = await createGateway(read.config, {
    clock,
    log: createLog({ level: 'info' }, { write: (line) => void lines.push(line) }),
    adapters: new Map([
      ['studio', adapter ?? createScripted({ takesMs: 0, pollAfterMs: 1, output }, memoryLedger())],
    ]),
    network: internet,
  });
  const { ask } = clientOf(await gateway.listen());

  return {
    gateway,
    log: () => lines.join(''),
    ask,
    async submit(image_urls, step = () => 1) {
      const body = { model: 'studio-image-1', prompt: 'a pond', image_urls };
      let { body: task } = await ask<TaskView>('POST', '/v1/images/generations', body);
      while (task.status === 'pending' || task.status === 'processing') {
        await clock.advance(step());
        task = (await ask<TaskView>('GET', `/v1/tasks/${task.id}`)).body;
      }
      return task;
    },
    async close() {
      await gateway.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
