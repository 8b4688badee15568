/** Checks queries and bodies against the schemas of the route table, and says in words what is wrong with them. */
import { TaskError } from '@sluice/errors';
import { Ajv2020, type ErrorObject as Fault, type ValidateFunction } from 'ajv/dist/2020.js';
import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { faultsOf } from '../catalog/faults.ts';

const options = { allErrors: true, verbose: true, strict: false, useDefaults: true } as const;

/** In a query everything is text, so numbers are read out of it; in a body a number is a number. */
const queries = new Ajv2020({ ...options, coerceTypes: true });
const bodies = new Ajv2020(options);

export const compileQuery: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const validate: ValidateFunction = (httpPart === 'body' ? bodies : queries).compile(schema);
  return (value) => {
    if (validate(value)) return true;
    return { error: refusal(validate.errors ?? []) };
  };
};

/** One thing wrong is one error; several are an error for the first of them, with all in `issues`. */
function refusal(errors: readonly Fault[]): TaskError {
  const issues = faultsOf(errors).map((fault) => {
    const param = pathOf(fault.pointer);
    const unknown = fault.keyword === 'unknown';
    const known = Array.isArray(fault.details.known)
      ? `Known here: ${fault.details.known.join(', ')}.`
      : undefined;
    const remedy = fault.remedy ?? known;
    return new TaskError('invalid_parameters', {
      subtype: unknown ? 'unknown_parameter' : 'general',
      because: param === null ? `The request body ${fault.text}.` : `\`${param}\` ${fault.text}.`,
      ...(remedy === undefined ? {} : { remedy }),
      param,
      details: fault.details,
    });
  });
  const [first, ...rest] = issues;
  if (!first) return new TaskError('invalid_parameters', { subtype: 'general' });
  if (rest.length === 0) return first;
  return new TaskError('invalid_parameters', {
    subtype: first.subtype,
    because: issues.map((issue) => issue.message.split('\n')[1]).join(' '),
    remedy: first.suggestion,
    param: first.param,
    details: first.details,
    issues,
  });
}

/** `/task_ids/3` -> `task_ids[3]`; null for the whole. */
function pathOf(pointer: string): string | null {
  const path = pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((so, part) => (/^\d+$/.test(part) ? `${so}[${part}]` : so === '' ? part : `${so}.${part}`), '');
  return path === '' ? null : path;
}
