/**
 * A ledger in a process of its own: `node ledger-server.ts` prints `{"url": "http://127.0.0.1:<port>"}` and serves until it is
 * ended.
 *
 *   PUT /keys/<key> with the time as body -> 200, the time of the first acceptance
 *   GET /keys/<key> -> the time, or 404
 *   GET /keys -> the list of keys; GET /repeats -> those that came more than once
 */
import { createServer, type IncomingMessage } from 'node:http';
import { type Ledger, memoryLedger } from './ledger.ts';

export interface LedgerServer {
  readonly url: string;
  close(): Promise<void>;
}

export async function serveLedger(): Promise<LedgerServer> {
  const ledger = memoryLedger();
  const server = createServer((request, response) => {
    answer(ledger, request).then(
      ({ status, body }) => response.writeHead(status).end(body),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The ledger server has no port.');
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(ledger: Ledger, request: IncomingMessage): Promise<{ status: number; body: string }> {
  const [, noun, name] = (request.url ?? '').split('/');
  if (noun === 'repeats') return { status: 200, body: JSON.stringify(await ledger.repeats()) };
  if (noun !== 'keys') return { status: 404, body: 'no such path' };
  if (name === undefined) return { status: 200, body: JSON.stringify(await ledger.keys()) };
  const key = decodeURIComponent(name);
  if (request.method === 'PUT') {
    let time = '';
    for await (const chunk of request) time += String(chunk);
    const written = await ledger.accept(key, Number(time));
    return written.kind === 'written'
      ? { status: 200, body: String(written.at) }
      : { status: 500, body: written.kind };
  }
  const found = await ledger.find(key);
  return found.kind === 'found' ? { status: 200, body: String(found.at) } : { status: 404, body: found.kind };
}

if (import.meta.main) {
  const { url } = await serveLedger();
  console.log(JSON.stringify({ url }));
}
