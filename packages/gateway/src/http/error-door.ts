/** The one door through which errors leave: every refusal and every fault is answered here, in the contract's shape. */
import type { Socket } from 'node:net';
import { TaskError } from '@sluice/errors';
import { methodsAt } from '@sluice/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest, FastifyServerOptions } from 'fastify';
import { DEFAULT_LIMITS, type HttpDeps } from './deps.ts';
import { storeAnswers } from './health.ts';
import { envelope, Refusal, rawAnswer, refusalOf } from './refusal.ts';
import { requestIds } from './request-id.ts';

/** For what goes wrong before there is a route. */
export function doorOptions(
  deps: HttpDeps,
): Required<Pick<FastifyServerOptions, 'frameworkErrors' | 'clientErrorHandler'>> {
  const nextId = requestIds(deps.randomId);
  const limits = deps.limits ?? DEFAULT_LIMITS;
  return {
    frameworkErrors(error, request, reply) {
      // A path that is too long for its route is told as that only where the route is no secret.
      const secret = error.code === 'FST_ERR_MAX_PARAM_LENGTH' && methodsAt(pathOf(request)).length === 0;
      answer(secret ? nothingHere(request) : error, request, reply, deps);
    },

    clientErrorHandler(error, socket) {
      if (error.code === 'ECONNRESET' || !socket.writable || answering(socket)) {
        socket.destroy();
        return;
      }
      const refusal = ofSocket(error.code, limits.headerBytes);
      deps.metrics.request('unknown', refusal.status, 0);
      socket.write(rawAnswer(refusal, nextId(), deps.publicUrl()));
      socket.destroySoon();
    },
  };
}

export function answerErrors(app: FastifyInstance, deps: HttpDeps): void {
  // Before the body is read, so that a wrong address is told as that whatever is sent to it.
  app.addHook('onRequest', (request, reply, done) => {
    request.startedAt = performance.now();
    reply.header('x-request-id', request.id);
    if (request.is404) return done(nothingHere(request));
    if (request.headers.host === undefined && request.raw.httpVersion !== '1.0') return done(noHost());
    done();
  });
  app.setErrorHandler((error, request, reply) => answer(error, request, reply, deps));
  app.setNotFoundHandler((request, reply) => answer(nothingHere(request), request, reply, deps));
  app.server.on('checkExpectation', (_request, response) => {
    const refusal = new Refusal(
      417,
      general('The request expects something other than 100-continue.', 'Leave out the Expect header.'),
    );
    const { socket } = response;
    socket?.write(rawAnswer(refusal, requestIds(deps.randomId)(), deps.publicUrl()));
    socket?.destroySoon();
  });
}

function answer(thrown: unknown, request: FastifyRequest, reply: FastifyReply, deps: HttpDeps): void {
  const refusal = refusalOf(thrown, deps.limits ?? DEFAULT_LIMITS);
  if (refusal) {
    if (refusal.status >= 500) log(deps, 'warn', thrown, request, 'request refused');
    send(refusal, request, reply, deps);
    return;
  }
  if (request.raw.destroyed && !request.raw.complete) {
    log(deps, 'debug', thrown, request, 'client went away in the middle of its request');
    return;
  }
  log(deps, 'error', thrown, request, 'internal fault');
  void storeAnswers(deps).then((up) => send(up ? ourFault() : storeDown(), request, reply, deps));
}

function send(refusal: Refusal, request: FastifyRequest, reply: FastifyReply, deps: HttpDeps): void {
  if (reply.sent) return;
  // What a handler had prepared for its own answer does not fit this one.
  for (const name of Object.keys(reply.getHeaders())) reply.removeHeader(name);
  reply
    .code(refusal.status)
    .headers({
      ...refusal.headers,
      'x-request-id': request.id,
      'content-type': 'application/json; charset=utf-8',
    })
    .send(envelope(refusal.error, request.id, deps.publicUrl()));
}

function log(
  deps: HttpDeps,
  level: 'debug' | 'warn' | 'error',
  err: unknown,
  request: FastifyRequest,
  message: string,
): void {
  const { id: requestId, method, routeOptions } = request;
  deps.log[level]({ err, requestId, method, route: routeOptions.url ?? null }, message);
}

/** What is told of an address at which there is nothing, or not by this method. */
export function nothingHere(request: FastifyRequest): TaskError | Refusal {
  const pathname = pathOf(request);
  const methods = methodsAt(pathname);
  if (methods.length === 0) {
    return new TaskError('resource_not_found', {
      because: `There is no call ${request.method} ${shown(pathname)}.`,
      remedy: 'Check the method and the path; /docs lists every call.',
    });
  }
  const allow = methods.join(', ');
  const error = general(`${shown(pathname)} does not take ${request.method}.`, `Use ${allow}.`, {
    allowed: methods,
  });
  return new Refusal(405, error, { allow });
}

function pathOf({ url }: FastifyRequest): string {
  return url.split('?', 1)[0] ?? url;
}

function ofSocket(code: string | undefined, headerBytes: number): Refusal {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return new Refusal(
        431,
        new TaskError('request_too_large', {
          because: `The request line and headers together are larger than ${headerBytes} bytes.`,
          remedy: 'Send fewer or shorter headers; put what is long into the body.',
          details: { max_bytes: headerBytes },
        }),
      );
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new Refusal(
        408,
        general('The request did not arrive in time.', 'Send it again, on a faster connection.'),
      );
    default:
      return new Refusal(
        400,
        general('What was sent is not a valid HTTP request.', 'Use an HTTP/1.1 client.'),
      );
  }
}

function noHost(): TaskError {
  return general('The request has no Host header.', 'Use an HTTP/1.1 client, which always sends one.');
}

function ourFault(): Refusal {
  return new Refusal(
    500,
    new TaskError('service_error', { because: 'The gateway met a fault of its own; it was logged.' }),
  );
}

function storeDown(): Refusal {
  const error = new TaskError('service_unavailable', {
    because: 'The gateway cannot reach its store.',
    afterSeconds: 10,
  });
  return new Refusal(503, error, { 'retry-after': '10' });
}

function general(
  because: string,
  remedy: string,
  details: Readonly<Record<string, unknown>> = {},
): TaskError {
  return new TaskError('invalid_parameters', { subtype: 'general', because, remedy, details });
}

/** Of what a stranger sent, only as much as a person needs to recognise it. */
function shown(text: string): string {
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}

/** Whether an answer is under way on the socket, into which nothing else may be written. */
function answering(socket: Socket): boolean {
  return '_httpMessage' in socket && socket._httpMessage !== null && socket._httpMessage !== undefined;
}
