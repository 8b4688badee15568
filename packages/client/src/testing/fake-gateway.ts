/** A real HTTP server that answers as a test tells it to: for what the client does with the network, not for what a gateway does. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { TaskError } from '@sluice/errors';
import type { CompletedTaskView, FailedTaskView, TaskView, UnfinishedTaskView } from '@sluice/protocol';

export interface SeenRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** What JSON says, another text as it came, null for none. */
  readonly body: unknown;
}

export type Reply =
  | { readonly json: unknown; readonly status?: number; readonly headers?: Record<string, string> }
  | { readonly text: string; readonly status: number }
  | { readonly bytes: Uint8Array; readonly type: string }
  /** Sent in these pieces, then the stream ends, breaks, or stays open and silent. */
  | { readonly stream: readonly string[]; readonly ending: 'end' | 'break' | 'silence' }
  /** The connection is cut without an answer. */
  | 'cut';

export interface FakeGateway extends AsyncDisposable {
  readonly url: string;
  readonly requests: SeenRequest[];
}

export async function startFakeGateway(
  answer: (request: SeenRequest, count: number) => Reply,
): Promise<FakeGateway> {
  const requests: SeenRequest[] = [];
  const server = createServer(async (incoming, response) => {
    let text = '';
    for await (const chunk of incoming) text += chunk;
    const request: SeenRequest = {
      method: incoming.method ?? '',
      path: incoming.url ?? '',
      headers: incoming.headers,
      body: isJson(incoming.headers) ? JSON.parse(text) : text === '' ? null : text,
    };
    requests.push(request);
    const reply = answer(request, requests.length);
    if (reply === 'cut') {
      incoming.socket.destroy();
    } else if ('stream' in reply) {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const piece of reply.stream)
        await new Promise<void>((written) => response.write(piece, () => written()));
      if (reply.ending === 'end') response.end();
      if (reply.ending === 'break') incoming.socket.destroy();
    } else if ('json' in reply) {
      response.writeHead(reply.status ?? 200, { 'content-type': 'application/json', ...reply.headers });
      response.end(JSON.stringify(reply.json));
    } else if ('bytes' in reply) {
      response.writeHead(200, { 'content-type': reply.type });
      response.end(reply.bytes);
    } else {
      response.writeHead(reply.status, { 'content-type': 'text/html' });
      response.end(reply.text);
    }
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((closed) => server.close(() => closed()));
    },
  };
}

function isJson(headers: IncomingHttpHeaders): boolean {
  return headers['content-type'] === 'application/json';
}

export const TASK_ID = 'task-unified-1772618027-cmeisy8h2k4q';

const common = {
  id: TASK_ID,
  object: 'video.generation.task' as const,
  type: 'video' as const,
  model: 'studio-video-1',
  created: 1772618027,
  task_info: { can_cancel: true, estimated_time: 12, video_duration: 5 },
  usage: { billing_rule: 'per_second', credits_reserved: 25, credits_used: 0, user_group: 'default' },
  metadata: {},
  request_id: 'req_1',
  repairs: [],
  attempts: [],
};

export function unfinished(progress: number): UnfinishedTaskView {
  return { ...common, status: progress === 0 ? 'pending' : 'processing', progress };
}

export function completed(url: string): CompletedTaskView {
  return {
    ...common,
    status: 'completed',
    progress: 100,
    duration: 3.2,
    expires_at: '2026-11-25T10:00:00Z',
    results: [url],
    result_data: [
      {
        video_url: url,
        width: 1280,
        height: 720,
        duration: 5,
        mime_type: 'video/mp4',
        bytes: 4,
        sha256: '0'.repeat(64),
        expires_at: '2026-11-25T10:00:00Z',
      },
    ],
  };
}

export function failed(error: TaskError): FailedTaskView {
  return {
    ...common,
    status: 'failed',
    progress: 40,
    duration: 3.2,
    expires_at: '2026-11-25T10:00:00Z',
    error: error.toJSON(),
  };
}

export function event(id: number, task: TaskView): string {
  return `event: task\nid: ${id}\ndata: ${JSON.stringify(task)}\n\n`;
}
