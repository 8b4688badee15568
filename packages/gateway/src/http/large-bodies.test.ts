import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { describe, it } from 'node:test';
import fastify, { type FastifyInstance } from 'fastify';
import { LargeBodies } from './large-bodies.ts';

const MOST = 10_000_000;

/** A server that only counts bodies while they are read or handled, and clients that send half of theirs. */
class Trial {
  readonly app: FastifyInstance = fastify({ bodyLimit: MOST });
  readonly bodies = new LargeBodies(MOST);
  readonly sockets: Socket[] = [];
  readonly entered: string[] = [];
  handled = 0;

  async open(): Promise<void> {
    this.app.decorateRequest('apiKey', null);
    this.app.addContentTypeParser('text/plain', { parseAs: 'string' }, (_, body, done) => done(null, body));
    this.app.post('/', {
      onRequest: (request, _reply, done) => {
        Object.assign(request, { apiKey: { accountId: String(request.headers['x-account']) } });
        done();
      },
      preParsing: (request, reply, payload, done) =>
        this.bodies.waitForRoom(request, reply, payload, () => {
          this.entered.push(`${request.headers['x-account']}${request.headers['content-length']}`);
          done(null, payload);
        }),
      handler: async (request) => {
        this.handled++;
        this.bodies.letGo(request);
        return 'ok';
      },
    });
    await this.app.listen({ port: 0, host: '127.0.0.1' });
  }

  /** Sends half of a body; the function returned sends the rest. */
  begin(account: string, bytes: number): Promise<() => void> {
    const address = this.app.server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const socket = connect({ host: '127.0.0.1', port });
    socket.on('error', () => {}).resume();
    this.sockets.push(socket);
    const head = `POST / HTTP/1.1\r\nhost: x\r\nx-account: ${account}\r\ncontent-type: text/plain\r\ncontent-length: ${bytes}\r\n\r\n`;
    return new Promise((resolve) => {
      socket.write(head, () => resolve(() => socket.write('a'.repeat(bytes))));
    });
  }

  async until(what: () => boolean): Promise<void> {
    while (!what()) await new Promise((resolve) => setImmediate(resolve));
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await this.app.close();
  }
}

async function trial(run: (trial: Trial) => Promise<void>): Promise<void> {
  const one = new Trial();
  await one.open();
  try {
    await run(one);
  } finally {
    await one.close();
  }
}

describe('large bodies', () => {
  it('wait for room, an account for its own share; small ones never; and enter in their order', async () => {
    await trial(async (t) => {
      const first = await t.begin('a', 6_000_000);
      await t.until(() => t.entered.length >= 1);
      await t.begin('a', 5_000_000);
      const other = await t.begin('b', 9_000_000);
      await t.until(() => t.entered.length >= 2);
      assert.deepEqual(t.entered, ['a6000000', 'b9000000'], 'a has no share left, b does');
      await t.begin('c', 8_000_000);
      await t.begin('d', 5_500_000);
      await t.begin('a', 900_000);
      await t.until(() => t.entered.length >= 3);
      assert.equal(t.entered[2], 'a900000', 'a small one does not count');
      first();
      await t.until(() => t.handled >= 1);
      await t.until(() => t.entered.length >= 4);
      assert.equal(t.entered[3], 'a5000000');
      other();
      await t.until(() => t.entered.length >= 6);
      assert.deepEqual(t.entered.slice(4), ['c8000000', 'd5500000']);
    });
  });

  it('leave when their client goes away, waiting or not', async () => {
    await trial(async (t) => {
      await t.begin('a', 9_000_000);
      await t.until(() => t.entered.length >= 1);
      await t.begin('a', 8_000_000);
      await t.begin('a', 7_000_000);
      t.sockets[1]?.destroy();
      // Its hook ends, so that nothing of it is kept.
      await t.until(() => t.entered.includes('a8000000'));
      assert.ok(!t.entered.includes('a7000000'));
      t.sockets[0]?.destroy();
      await t.until(() => t.entered.includes('a7000000'));
    });
  });
});
