/** For tests: names that answer as told, addresses that lead to real servers of this machine, and a record of every connect. */
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, connect, Socket } from 'node:net';
import { type Network, trustStore } from './network.ts';

const fixture = (name: string): string =>
  readFileSync(new URL(`./fixtures/${name}`, import.meta.url), 'utf8');

const TRUST = trustStore(['tls-cert.pem', 'tls-expired.pem', 'tls-sharing.pem'].map(fixture));

/** A public address that the test certificate also names. */
export const PUBLIC_ADDRESS = '93.184.215.14';

export class FakeInternet implements Network {
  readonly dialled: { readonly address: string; readonly port: number }[] = [];
  readonly asked: string[] = [];
  readonly trust = TRUST;
  readonly #answers = new Map<string, (readonly string[] | Error)[]>();
  readonly #ports = new Map<string, number>();
  readonly #servers: Server[] = [];

  /** Each look-up takes the next answer; the last one stays. */
  name(host: string, ...answers: (readonly string[] | Error)[]): void {
    this.#answers.set(host, answers);
  }

  async resolve(host: string): Promise<readonly string[]> {
    this.asked.push(host);
    const answers = this.#answers.get(host) ?? [];
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (answer === undefined) throw Object.assign(new Error(`no such name: ${host}`), { code: 'ENOTFOUND' });
    if (answer instanceof Error) throw answer;
    return answer;
  }

  /** An address without a server is refused, as by port 1 of this machine. */
  dial(address: string, port: number): Socket {
    this.dialled.push({ address, port });
    return connect({ host: '127.0.0.1', port: this.#ports.get(address) ?? 1 });
  }

  /** A connection that nothing ever comes of. */
  silence(): Socket {
    return new Socket();
  }

  dialProxy(host: string, port: number): Socket {
    return connect({ host, port });
  }

  /** Puts an https server at a public address, on every port. */
  async serve(
    handler: RequestListener,
    address = PUBLIC_ADDRESS,
    certificate = 'tls-cert.pem',
  ): Promise<void> {
    const server = createSecureServer({ key: fixture('tls-key.pem'), cert: fixture(certificate) }, handler);
    this.put(address, await this.#listen(server));
  }

  /** Leads a public address to a port of this machine. */
  put(address: string, port: number): void {
    this.#ports.set(address, port);
  }

  /** A plain server on loopback; gives its base URL. Dialling 127.0.0.1 then really goes there. */
  async servePlain(handler: RequestListener): Promise<string> {
    const port = await this.#listen(createServer(handler));
    this.#ports.set('127.0.0.1', port);
    return `http://127.0.0.1:${port}`;
  }

  async close(): Promise<void> {
    for (const server of this.#servers) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }

  async #listen(server: Server): Promise<number> {
    this.#servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address: AddressInfo | string | null = server.address();
    return typeof address === 'object' && address ? address.port : 0;
  }
}
