import { TaskError } from '@sluice/errors';
import type { FastifyInstance } from 'fastify';
import { MAX_DEPTH, MAX_VALUES, shapeOf } from './body-shape.ts';

/** Bodies are JSON, or absent. Raises `invalid_parameters` (400 for malformed or too intricate JSON, 415 for another type or encoding). */
export function readBodies(app: FastifyInstance): void {
  // 'error': a body with a `__proto__` or `constructor.prototype` key is an attack, not a request.
  const parse = app.getDefaultJsonParser('error', 'error');

  app.removeAllContentTypeParsers();
  app.addContentTypeParser<string>(
    /^application\/(?:[\w.-]+\+)?json\b/i,
    { parseAs: 'string' },
    (request, body, done) => {
      const encoding = request.headers['content-encoding'] ?? 'identity';
      if (encoding !== 'identity') return done(encoded(encoding));
      if (body === '') return done(null, undefined);
      const shape = shapeOf(body);
      if (shape !== 'fine') return done(intricate(shape));
      void parse(request, body, (error, value) => {
        if (error) done(malformed(body));
        else done(null, value);
      });
    },
  );
}

function encoded(encoding: string): TaskError {
  return new TaskError('invalid_parameters', {
    subtype: 'unsupported_media_type',
    because: `The body is sent with Content-Encoding ${encoding.slice(0, 40)}.`,
    remedy: 'Send the body uncompressed.',
    param: 'Content-Encoding',
  });
}

function intricate(shape: 'too_many_values' | 'too_deep'): TaskError {
  return new TaskError('invalid_parameters', {
    subtype: 'general',
    because:
      shape === 'too_deep'
        ? `The body is nested deeper than ${MAX_DEPTH} levels.`
        : `The body holds more than ${MAX_VALUES} values.`,
    remedy: 'Send only the fields of this call.',
  });
}

function malformed(body: string): TaskError {
  try {
    JSON.parse(body);
  } catch (error) {
    // V8 names the place and shows a few characters around it: the client's own text.
    const because = error instanceof Error ? { because: `${error.message}.` } : {};
    return new TaskError('invalid_parameters', { subtype: 'malformed_json', ...because });
  }
  return new TaskError('invalid_parameters', {
    subtype: 'general',
    because: 'The body has a key named __proto__ or constructor.prototype, which is not allowed.',
    remedy: 'Remove that key, or give it another name.',
  });
}
