/** A whole gateway, listening, on an internet of which every connection is seen; and canaries on loopback, which must stay alone. */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect, createServer as createTcp, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readConfig } from '../../packages/gateway/src/config/config.ts';
import { scratchFolderOf } from '../../packages/gateway/src/files/local.ts';
import { createGateway } from '../../packages/gateway/src/gateway.ts';
import { sampleImage } from '../../packages/gateway/src/media/sample-media.ts';
import { FakeInternet, PUBLIC_ADDRESS } from '../../packages/gateway/src/net/fake-internet.ts';
import { isInside } from '../../packages/gateway/src/net/testing/inside.ts';
import { memoryLedger } from '../../packages/gateway/src/upstream/scripted/ledger.ts';
import { createScripted } from '../../packages/gateway/src/upstream/scripted/scripted.ts';

const CANARIES = ['127.0.0.1', '127.0.0.2', '127.1.2.3', '::1'];

/** Remembers where it was sent, and goes there wherever "there" is this machine. */
class WatchedInternet extends FakeInternet {
  readonly forbidden: string[] = [];

  override dial(address: string, port: number): Socket {
    if (!isInside(address)) return super.dial(address, port);
    this.forbidden.push(`${address}:${port}`);
    return connect({ host: CANARIES.includes(address) ? address : '127.0.0.1', port });
  }
}

export interface FuzzWorld {
  readonly url: string;
  readonly key: string;
  readonly internet: WatchedInternet;
  /** Where canaries listen; a port the policy allows. */
  readonly port: number;
  /** Connections that canaries got. */
  canaryCalls(): number;
  /** Left in the folder of unfinished downloads. */
  leftovers(): Promise<readonly string[]>;
  close(): Promise<void>;
}

const CONFIG = (port: number) => `
server: { port: 0 }
log: { level: silent }
accounts: { default: { credits: 900000000 } }
files: { max_files: 1000000 }
network: { ports: [443, 8443, ${port}] }
models:
  picture:
    type: image
    inputs:
      image_urls: { max: 2, formats: [jpeg, png, webp], max_bytes: 20KB, min_side: 20, max_side: 300, max_ratio: 3 }
    pricing: { rule: per_call, credits: 1 }
    routes: [{ provider: studio, upstream_model: studio-image-1 }]
`;

export async function openFuzzWorld(
  serve: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<FuzzWorld> {
  const folder = await mkdtemp(path.join(tmpdir(), 'sluice-fuzz-'));
  const canaries = await openCanaries();
  const internet = new WatchedInternet();
  internet.name('media.test', [PUBLIC_ADDRESS]);
  await internet.serve(serve);
  const read = readConfig(CONFIG(canaries.port), folder, {});
  if (read.kind === 'invalid') throw new Error(JSON.stringify(read.problems));
  const sample = path.join(folder, 'result.png');
  await writeFile(sample, await sampleImage('png', 8, 8));
  const output = { sample, folder: path.join(folder, 'made'), mimeType: 'image/png' };
  const scripted = createScripted({ takesMs: 0, pollAfterMs: 1, output }, memoryLedger());
  const gateway = await createGateway(read.config, {
    adapters: new Map([['studio', scripted]]),
    network: internet,
  });
  const { url, firstKey } = await gateway.listen();
  return {
    url,
    key: firstKey ?? '',
    internet,
    port: canaries.port,
    canaryCalls: () => canaries.calls(),
    async leftovers() {
      const scratch = scratchFolderOf(read.config.files.path);
      const found = await readdir(scratch, { recursive: true, withFileTypes: true });
      return found.filter((entry) => entry.isFile()).map((entry) => entry.name);
    },
    async close() {
      await gateway.close();
      await internet.close();
      await canaries.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function openCanaries() {
  const servers: Server[] = [];
  let calls = 0;
  let port = 0;
  for (const host of CANARIES) {
    const server = createTcp((socket) => {
      calls++;
      socket.destroy();
    });
    // A machine without IPv6, or one that knows a single loopback address, has fewer canaries.
    const listening = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, host, () => resolve(true));
    });
    if (!listening) continue;
    const address = server.address();
    if (typeof address === 'object' && address) port = address.port;
    servers.push(server);
  }
  return {
    port,
    calls: () => calls,
    close: () => Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve)))),
  };
}
