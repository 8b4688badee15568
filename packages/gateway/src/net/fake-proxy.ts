/** For tests: a real HTTP proxy on loopback that only knows `CONNECT`, and leads public addresses to a fake internet. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Socket } from 'node:net';
import type { FakeInternet } from './fake-internet.ts';

export interface ConnectAsked {
  /** What was asked for: `93.184.215.14:443`. */
  readonly authority: string;
  readonly host: string | undefined;
  readonly authorization: string | undefined;
}

/** What the proxy answers: `open` lets through; a text is sent as it is, and the connection closed; `hang` says nothing. */
export type ProxyMood = 'open' | 'hang' | (string & {});

export class FakeProxy {
  readonly asked: ConnectAsked[] = [];
  /** For each `CONNECT`, by what was asked for. */
  mood: (authority: string) => ProxyMood = () => 'open';
  readonly #internet: FakeInternet;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(internet: FakeInternet) {
    this.#internet = internet;
    this.#server = createServer((_, response) => response.writeHead(405).end());
    this.#server.on('connect', (request, socket) => this.#serve(request, socket));
    this.#server.on('connection', (socket) => this.#sockets.add(socket));
  }

  static async open(internet: FakeInternet): Promise<FakeProxy> {
    const proxy = new FakeProxy(internet);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address ? address.port : 0;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(
    { url = '', headers }: IncomingMessage,
    socket: NodeJS.WritableStream & NodeJS.ReadableStream,
  ): void {
    socket.on('error', () => {});
    this.asked.push({
      authority: url,
      host: headers.host,
      authorization: headers['proxy-authorization'],
    });
    const mood = this.mood(url);
    if (mood === 'hang') return;
    if (mood !== 'open') {
      socket.end(mood);
      return;
    }
    const at = url.lastIndexOf(':');
    const beyond = this.#internet.dial(url.slice(0, at).replace(/^\[|\]$/g, ''), Number(url.slice(at + 1)));
    beyond.once('connect', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(beyond).pipe(socket);
    });
    socket.once('close', () => beyond.destroy());
    beyond.once('close', () => socket.end());
    beyond.once('error', () => socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'));
  }
}
