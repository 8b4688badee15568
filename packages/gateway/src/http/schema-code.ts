/**
 * The code that checks queries and bodies and writes answers, made of the schemas of the route table. To make all of it takes about
 * as long as the rest of a start, so each piece is made at the first call that needs it, or in a free moment soon after the gateway
 * listens, whichever comes first.
 */
import { idOf, SHARED_SCHEMAS } from '@sluice/protocol';
import fastJson, { type Schema } from 'fast-json-stringify';
import type { FastifySchemaCompiler, FastifySerializerCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { compileQuery } from './validation.ts';

export class SchemaCode {
  #waiting: (() => unknown)[] = [];

  readonly validatorCompiler: FastifySchemaCompiler<TSchema> = (definition) => {
    const made = this.later(() => compileQuery(definition));
    return (value: unknown) => made()(value);
  };

  readonly serializerCompiler: FastifySerializerCompiler<Schema> = ({ schema }) => {
    const made = this.later(() => fastJson(schema, { schema: sharedBut(schema) }));
    return (value: unknown) => made()(value);
  };

  /** `make` runs once at most. */
  later<T>(make: () => T): () => T {
    let made: { readonly it: T } | null = null;
    const get = () => {
      made ??= { it: make() };
      return made.it;
    };
    this.#waiting.push(get);
    return get;
  }

  /** One piece in each turn of the event loop, so that no request waits for more than one. */
  makeRest(): void {
    const [next, ...rest] = this.#waiting;
    if (!next) return;
    this.#waiting = rest;
    next();
    setImmediate(() => this.makeRest()).unref();
  }

  forgetRest(): void {
    this.#waiting = [];
  }
}

/** What a schema may refer to, by name; a schema that is shared itself must not be there twice. */
function sharedBut(schema: object): Record<string, Schema> {
  const isOther = (shared: TSchema): shared is TSchema & Schema => shared !== schema;
  return Object.fromEntries(SHARED_SCHEMAS.filter(isOther).map((shared) => [idOf(shared), shared]));
}
