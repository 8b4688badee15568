/**
 * A whole gateway on a scripted upstream, in a process that can be killed: `node gateway-process.ts '<JSON options>'` prints
 * `{"url": ..., "key": ...}` when it is ready. The key is null where the store had one already.
 */

import { readConfig } from '../packages/gateway/src/config/config.ts';
import { createGateway } from '../packages/gateway/src/gateway.ts';
import { memoryLedger, remoteLedger } from '../packages/gateway/src/upstream/scripted/ledger.ts';
import type { Script } from '../packages/gateway/src/upstream/scripted/script.ts';
import { createScripted } from '../packages/gateway/src/upstream/scripted/scripted.ts';

export interface ProcessOptions {
  /** The gateway's data. */
  readonly folder: string;
  /** YAML added to the default configuration. */
  readonly config: string;
  readonly script: Script;
  /** Of a ledger in another process; without it the ledger is in memory. */
  readonly ledger?: string;
}

if (import.meta.main) {
  const options = JSON.parse(process.argv[2] ?? '{}') as ProcessOptions;
  const read = readConfig(options.config, options.folder, {});
  if (read.kind === 'invalid') throw new Error(JSON.stringify(read.problems, null, 2));
  const ledger = options.ledger === undefined ? memoryLedger() : remoteLedger(options.ledger);
  const gateway = await createGateway(read.config, {
    adapters: new Map([['studio', createScripted(options.script, ledger)]]),
  });
  const { url, firstKey } = await gateway.listen();
  console.log(JSON.stringify({ url, key: firstKey }));
  process.on('SIGTERM', () => {
    void gateway.close().then(() => process.exit(0));
  });
}
