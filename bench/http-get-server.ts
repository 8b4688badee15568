/** One of the two servers of http-get.ts, in a process of its own: `bare` or `gateway`. Says where
 * it listens, then its CPU time whenever asked, and stops with its parent. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KEY, openTrial, videoResult } from '../packages/gateway/src/http/trial.ts';

const trial = await openTrial();
const started = await trial.start(await trial.admit());
const task = await trial.complete(started, [videoResult(started)]);
const url = `/v1/tasks/${task.id}`;
const headers = { authorization: `Bearer ${KEY}` };

if (process.argv[2] === 'bare') {
  const { rawPayload, headers: answered } = await trial.app.inject({ url, headers });
  const same = Object.fromEntries(
    Object.entries(answered).filter(([name]) => !['date', 'connection'].includes(name)),
  );
  const server = createServer((_request, response) => {
    response.writeHead(200, { ...same });
    response.end(rawPayload);
  });
  server.listen(0, '127.0.0.1', () => tell(server.address()));
} else {
  await trial.app.listen({ port: 0, host: '127.0.0.1' });
  tell(trial.app.server.address());
}

function tell(address: AddressInfo | string | null): void {
  if (typeof address !== 'object' || address === null) throw new Error('no address');
  process.send?.({ url: `http://127.0.0.1:${address.port}${url}`, headers });
}
process.on('message', () => process.send?.({ ...process.threadCpuUsage(), all: process.cpuUsage() }));
process.once('disconnect', () => process.exit(0));
