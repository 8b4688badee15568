/** A whole gateway whose one model, `picture`, takes its inputs from a web server on this machine: for tests of what becomes of files. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ModelDefinition } from '../packages/gateway/src/catalog/model.ts';
import { readConfig } from '../packages/gateway/src/config/config.ts';
import { createGateway } from '../packages/gateway/src/gateway.ts';
import { clientOf, type TaskView } from './client.ts';

export interface OnLoopback {
  /** Of the web server, without a trailing slash. */
  readonly base: string;
  /** The body of the answer; an answer of 500 and more fails the test. */
  ask<T>(method: string, where: string, body?: object): Promise<T>;
  /** Submits a picture of a pond with this body and follows it to its end. */
  send(body: object): Promise<TaskView>;
  close(): Promise<void>;
}

/** `maxPrompt`: characters; without it, as many as the studio's own model takes. */
export async function openOnLoopback(
  serve: RequestListener,
  inputs: ModelDefinition['inputs'],
  { maxPrompt }: { readonly maxPrompt?: number } = {},
): Promise<OnLoopback> {
  const folder = await mkdtemp(path.join(tmpdir(), 'sluice-loopback-'));
  const media = createServer(serve);
  await new Promise<void>((resolve) => media.listen(0, '127.0.0.1', resolve));
  const address = media.address();
  const port = typeof address === 'object' && address ? address.port : 0;

  const config = 'server: { port: 0 }\nlog: { level: silent }\ninputs: { allow_http_loopback: true }\n';
  const read = readConfig(config, folder, {});
  if (read.kind !== 'ok') throw new Error(JSON.stringify(read.problems));
  const studio = read.config.catalog.get('studio-image-1');
  if (!studio) throw new Error('the default catalogue has no studio-image-1');
  const prompt = maxPrompt === undefined ? {} : { prompt: { type: 'string', maxLength: maxPrompt } };
  const parameters = { ...studio.parameters, properties: { ...studio.parameters.properties, ...prompt } };
  const picture = { ...studio, id: 'picture', parameters, inputs };
  const gateway = await createGateway({ ...read.config, catalog: new Map([['picture', picture]]) });
  const client = clientOf(await gateway.listen());

  return {
    base: `http://127.0.0.1:${port}`,
    async ask<T>(method: string, where: string, body?: object) {
      const answer = await client.ask<T>(method, where, body);
      assert.ok(answer.status < 500, `${answer.status}`);
      return answer.body;
    },
    send: (body) => client.finished('images', { model: 'picture', prompt: 'A pond.', ...body }),
    async close() {
      media.closeAllConnections();
      await new Promise((resolve) => media.close(resolve));
      await gateway.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
