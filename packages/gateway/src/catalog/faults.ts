/** What a JSON Schema says is wrong with a value, in words: shared by requests (intake) and by the configuration. */
import type { ErrorObject } from 'ajv';
import { nearest } from './nearest.ts';
import { pointerTo } from './pointer.ts';
import { lengthOf, TEXT_LIMITS } from './text-limits.ts';

export interface SchemaFault {
  /** JSON pointer of the value at fault (`/image_urls/1`); for a missing or unknown field the pointer of that field. */
  readonly pointer: string;
  /** The schema's keyword that failed (`maximum`, `required`, `unknown` for a field no schema names). */
  readonly keyword: string;
  /** Goes after the field's name: `must be between 1 and 30, but is 45`. */
  readonly text: string;
  /** One sentence, where the fault itself says what to do. */
  readonly remedy: string | null;
  /** Numbers and lists from the schema and the value. */
  readonly details: Readonly<Record<string, unknown>>;
  /** The schema at that place; for a missing field the field's own. */
  readonly schema: Readonly<Record<string, unknown>>;
  readonly value: unknown;
}

/**
 * How a value is shown in a message; '' where it must not be. The configuration shows what is written in the file, never what a variable
 * holds.
 */
export type Show = (value: unknown, pointer: string) => string;

const showValue: Show = (value) => {
  // Cut first: an inline picture is megabytes long.
  const text = JSON.stringify(typeof value === 'string' ? value.slice(0, 100) : value) ?? 'nothing';
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
};

/** More would help nobody, and a hostile body could make very many. */
const MAX_ERRORS = 100;

/** Ajv's errors as faults: alternatives (`anyOf`) become one, and consequences of another fault are left out. */
export function faultsOf(all: readonly ErrorObject[], show: Show = showValue): SchemaFault[] {
  const errors = all.slice(0, MAX_ERRORS);
  const choices = errors.filter((error) => error.keyword === 'anyOf' || error.keyword === 'oneOf');
  const choiceOf = (error: ErrorObject) =>
    choices.find(
      (choice) =>
        error.schemaPath.startsWith(`${choice.schemaPath}/`) && error.instancePath === choice.instancePath,
    );
  return errors.flatMap((error) => {
    const reportedByAnother =
      error.keyword === 'if' ||
      isMissingTag(error) ||
      (error.propertyName !== undefined && error.keyword !== 'propertyNames');
    if (reportedByAnother || choiceOf(error)) return [];
    const fault = explain(error, show);
    if (error.keyword === 'propertyNames') {
      const inner = errors.find(
        (other) => other.propertyName === error.params.propertyName && other !== error,
      );
      return [
        {
          ...fault,
          text: inner ? `has a key that ${explain(inner, show).text}` : 'has a key that is not allowed',
        },
      ];
    }
    const branches = choices.includes(error) ? errors.filter((other) => choiceOf(other) === error) : [];
    return [{ ...fault, text: eitherOf(branches.map((branch) => explain(branch, show))) ?? fault.text }];
  });
}

function eitherOf(branches: readonly SchemaFault[]): string | null {
  const texts = new Set(branches.map((branch) => branch.text.replace(/, but (is|has) .*$/s, '')));
  if (texts.size === 0) return null;
  const is = branches[0]?.text.match(/, but is .*$/s)?.[0] ?? '';
  return [...texts].join(', or ') + is;
}

function explain(error: ErrorObject, show: Show): SchemaFault {
  const schema = asRecord(error.parentSchema);
  const base = {
    pointer: error.instancePath,
    keyword: error.keyword,
    remedy: null,
    details: {},
    schema,
    value: error.data,
  };
  const shown = show(error.data, error.instancePath);
  const but = shown === '' ? '' : `, but is ${shown}`;
  const field = (key: string, container = error.instancePath) => pointerTo(container, key);

  switch (error.keyword) {
    case 'type': {
      const wanted = [schema.type].flat().map((name) => NAMES_OF_TYPES[String(name)] ?? String(name));
      return { ...base, text: `must be ${wanted.join(' or ')}, but is ${whatIs(error.data, schema, shown)}` };
    }
    case 'enum':
    case 'const': {
      const allowed = error.keyword === 'const' ? [schema.const] : [schema.enum ?? []].flat();
      return { ...base, ...oneOf(allowed, error.data, but) };
    }
    case 'discriminator': {
      const tag = String(error.params.tag);
      const value = asRecord(error.data)[tag];
      const branches = [schema.oneOf ?? []]
        .flat()
        .map((branch) => asRecord(asRecord(branch).properties)[tag]);
      const allowed = branches.map((branch) => asRecord(branch).const);
      const written = show(value, field(tag));
      return {
        ...base,
        pointer: field(tag),
        ...oneOf(allowed, value, written === '' ? '' : `, but is ${written}`),
        value,
      };
    }
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
    case 'exclusiveMaximum':
      return {
        ...base,
        text: `must be ${rangeOf(schema)}${but}`,
        details: { ...numbers(schema, ['minimum', 'maximum']), actual: error.data },
      };
    case 'multipleOf':
      return {
        ...base,
        text: `must be a multiple of ${String(schema.multipleOf)}${but}`,
        details: { multiple_of: schema.multipleOf, actual: error.data },
      };
    case 'minLength':
    case 'maxLength': {
      const actual = lengthOf(String(error.data));
      const details = {
        ...renamed(schema, { minLength: 'min_chars', maxLength: 'max_chars' }),
        actual_chars: actual,
      };
      if (error.keyword === 'minLength' && actual === 0)
        return { ...base, text: 'must not be empty', details };
      const bound =
        error.keyword === 'maxLength'
          ? `at most ${String(schema.maxLength)}`
          : `at least ${String(schema.minLength)}`;
      return { ...base, text: `must have ${bound} characters, but has ${actual}`, details };
    }
    case 'maxUtf16Units':
    case 'maxUtf8Bytes': {
      const { unit, key, sizeOf } = TEXT_LIMITS[error.keyword];
      const [max, actual] = [schema[error.keyword], lengthOf(String(error.data), sizeOf)];
      return {
        ...base,
        text: `must have at most ${String(max)} ${unit}, but has ${actual}`,
        details: { [`max_${key}`]: max, [`actual_${key}`]: actual },
      };
    }
    case 'minItems':
    case 'maxItems': {
      const actual = Array.isArray(error.data) ? error.data.length : 0;
      const limit = Number(error.keyword === 'maxItems' ? schema.maxItems : schema.minItems);
      const bound = `at ${error.keyword === 'maxItems' ? 'most' : 'least'} ${limit} ${limit === 1 ? 'entry' : 'entries'}`;
      const details = {
        ...renamed(schema, { minItems: 'min_items', maxItems: 'max_items' }),
        actual_items: actual,
      };
      return { ...base, text: `must have ${bound}, but has ${actual}`, details };
    }
    case 'maxProperties':
    case 'minProperties': {
      const limit = Number(error.params.limit);
      const actual = Object.keys(asRecord(error.data)).length;
      const bound = error.keyword === 'maxProperties' ? 'at most' : 'at least';
      return {
        ...base,
        text: `must have ${bound} ${limit} ${limit === 1 ? 'entry' : 'entries'}, but has ${actual}`,
        details: { limit, actual_keys: actual },
      };
    }
    case 'required':
    case 'dependentRequired': {
      const key = String(error.params.missingProperty);
      const own = asRecord(asRecord(schema.properties)[key]);
      return { ...base, pointer: field(key), text: 'is missing', value: undefined, schema: own };
    }
    case 'additionalProperties':
    case 'unevaluatedProperties': {
      const key = String(error.params.additionalProperty ?? error.params.unevaluatedProperty);
      return { ...unknownField(field(key), key, Object.keys(asRecord(schema.properties))), schema };
    }
    case 'propertyNames': {
      const key = String(error.params.propertyName);
      return { ...base, pointer: field(key), text: 'is not allowed as a key', value: key };
    }
    case 'pattern': {
      // A pattern is for programs; where the schema has words for people, those say what is accepted.
      const words = typeof schema.description === 'string' ? schema.description : null;
      const text =
        words === null
          ? `must match ${String(schema.pattern)}${but}`
          : `does not have an accepted form${but}`;
      return { ...base, text, remedy: words && `Accepted: ${words}`, details: { pattern: schema.pattern } };
    }
    case 'format':
      return {
        ...base,
        text: `must be a valid ${String(schema.format)}${but}`,
        details: { format: schema.format },
      };
    case 'uniqueItems':
      return { ...base, text: 'must not hold the same entry twice' };
    default:
      return { ...base, text: `does not fit the schema (${error.keyword})${but}` };
  }
}

/** Of a number where a whole one is wanted its value, else the kind. */
function whatIs(value: unknown, schema: Readonly<Record<string, unknown>>, shown: string): string {
  if (typeof value !== 'number') return kindOf(value);
  // JSON knows no bound for numbers; `1e400` is read as infinite.
  if (!Number.isFinite(value)) return 'too large';
  return schema.type === 'integer' ? shown || 'a fraction' : kindOf(value);
}

function oneOf(allowed: readonly unknown[], value: unknown, but: string) {
  const names = allowed.filter((one) => typeof one === 'string');
  const near = typeof value === 'string' ? nearest(value, names) : null;
  return {
    text: `must be ${allowed.length === 1 ? '' : 'one of '}${allowed.map((one) => JSON.stringify(one)).join(', ')}${but}`,
    remedy: near === null ? null : `Did you mean ${JSON.stringify(near)}?`,
    details: { allowed },
  };
}

/** Of alternatives told apart by a tag, one without it: `required` says that already. */
const isMissingTag = ({ keyword, data, params }: ErrorObject): boolean =>
  keyword === 'discriminator' && asRecord(data)[String(params.tag)] === undefined;

export function unknownField(pointer: string, key: string, known: readonly string[]): SchemaFault {
  const near = nearest(key, known);
  return {
    pointer,
    keyword: 'unknown',
    text: 'is not known here',
    remedy: near === null ? null : `Did you mean \`${near}\`?`,
    details: { ...(near === null ? {} : { suggestion: near }), known: known.slice(0, 60) },
    schema: {},
    value: undefined,
  };
}

const NAMES_OF_TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  null: 'null',
};

export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'boolean') return String(value);
  return NAMES_OF_TYPES[typeof value] ?? typeof value;
}

function rangeOf(schema: Readonly<Record<string, unknown>>): string {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  if (minimum !== undefined && maximum !== undefined)
    return `between ${String(minimum)} and ${String(maximum)}`;
  const low =
    minimum !== undefined
      ? `at least ${String(minimum)}`
      : exclusiveMinimum !== undefined
        ? `more than ${String(exclusiveMinimum)}`
        : null;
  const high =
    maximum !== undefined
      ? `at most ${String(maximum)}`
      : exclusiveMaximum !== undefined
        ? `less than ${String(exclusiveMaximum)}`
        : null;
  return [low, high].filter((bound) => bound !== null).join(' and ');
}

const numbers = (schema: Readonly<Record<string, unknown>>, keys: readonly string[]) =>
  Object.fromEntries(keys.flatMap((key) => (typeof schema[key] === 'number' ? [[key, schema[key]]] : [])));

const renamed = (schema: Readonly<Record<string, unknown>>, names: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(names).flatMap(([key, name]) => (schema[key] === undefined ? [] : [[name, schema[key]]])),
  );

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const asRecord = (value: unknown): Readonly<Record<string, unknown>> => (isRecord(value) ? value : {});
