/** The file against its schema: every fault with its line and a remedy. */
import type { ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { faultsOf, isRecord, type SchemaFault } from '../catalog/faults.ts';
import { partsOfPointer, pathOfPointer } from '../catalog/pointer.ts';
import type { JsonObject } from '../json.ts';
import type { ConfigDocument } from './document.ts';
import { FORMATS, NAME } from './fields.ts';
import { addFormats } from './formats.ts';
import type { ConfigProblem } from './problem.ts';
import { type ConfigFile, ConfigSchema } from './schema.ts';
import type { ModerationSection } from './schema-moderation.ts';
import { ADAPTER_NAMES, isAdapterName, providersOf } from './schema-provider.ts';

// Used once a start: not worth checking our own schema or optimizing the code made of it.
const ajv = new Ajv2020({
  validateSchema: false,
  code: { optimize: false },
  allErrors: true,
  useDefaults: true,
  verbose: true,
  allowUnionTypes: true,
  discriminator: true,
  multipleOfPrecision: 6,
  logger: false,
});
addFormats(ajv);

type Validator = ValidateFunction<ConfigFile>;
const validators = new Map<string, Validator>();

/**
 * The schema as far as the file can touch it: without models there is no need to know what a model may hold, nor what adapters
 * take that no provider names, nor what detectors are. Making code of all of it would cost every start.
 */
function validatorFor(file: JsonObject): Validator {
  const sections = Object.values(isRecord(file.providers) ? file.providers : {});
  const named = [...new Set(sections.map((section) => (isRecord(section) ? section.adapter : undefined)))];
  const adapters = named.every(isAdapterName) ? [...named].sort() : ADAPTER_NAMES;
  const touched = isRecord(file.moderation)
    ? JSON.stringify(Object.keys(file.moderation).sort())
    : typeof file.moderation;
  const key = `${file.models === undefined ? 'no' : 'with'} models ${adapters.join()} moderation ${touched}`;
  const known = validators.get(key);
  if (known) return known;
  const { models, providers, moderation, ...others } = ConfigSchema.properties;
  const branches = providersOf(adapters.length === 0 ? ['studio'] : adapters);
  const properties = {
    ...others,
    providers: { ...providers, patternProperties: { [NAME]: branches } },
    models: file.models === undefined ? {} : models,
    moderation: asTouched(moderation, file.moderation),
  };
  const made = ajv.compile<ConfigFile>({ ...ConfigSchema, properties });
  validators.set(key, made);
  return made;
}

/** Of keys that `held` does not have, only the defaults. */
function asTouched(section: typeof ModerationSection, held: unknown): object {
  if (held !== undefined && !isRecord(held)) return section;
  const properties = Object.entries(section.properties).map(([name, own]) => {
    const fallback = 'default' in own ? { default: own.default } : {};
    return [name, held !== undefined && Object.hasOwn(held, name) ? own : fallback];
  });
  return { ...section, properties: Object.fromEntries(properties) };
}

/** Where a value of the document came from, when an environment variable took the file's place: pointer -> variable. */
export type Overrides = ReadonlyMap<string, string>;

export type Report = (pointer: string, message: string, remedy: string) => void;

/** In a message, stands for the value at the pointer as the file has it: with the variable's name, never what it holds. */
export const WRITTEN = '{as written}';

export type CheckedFile =
  | { readonly sound: true; readonly file: ConfigFile }
  /** `faults` are pointers to values that are there and wrong, or missing; not to unknown keys. */
  | {
      readonly sound: false;
      readonly problems: readonly ConfigProblem[];
      readonly faults: readonly string[];
    };

/** Fills in the defaults (it changes `value`). */
export function checkFile(value: JsonObject, document: ConfigDocument, overrides: Overrides): CheckedFile {
  const candidate: unknown = value;
  const validateFile = validatorFor(value);
  if (validateFile(candidate)) return { sound: true, file: candidate };
  const show = (_: unknown, pointer: string) =>
    overrides.has(pointer) ? '' : (document.writtenAt(pointer) ?? '');
  const faults = faultsOf(validateFile.errors ?? [], show);
  const problems: ConfigProblem[] = [];
  const report = reporter(document, overrides, problems);
  for (const fault of faults) {
    if (!document.isBroken(fault.pointer)) report(fault.pointer, messageOf(fault), remedyOf(fault));
  }
  return {
    sound: false,
    problems,
    faults: faults.filter((fault) => fault.keyword !== 'unknown').map((fault) => fault.pointer),
  };
}

/** Turns pointers into lines and paths. */
export function reporter(document: ConfigDocument, overrides: Overrides, problems: ConfigProblem[]): Report {
  return (pointer, message, remedy) => {
    const variable = overrides.get(pointer);
    const where =
      variable === undefined
        ? { line: document.lineOf(pointer), path: pathOfPointer(pointer) }
        : { line: null, path: variable };
    const written = document.writtenAt(pointer) ?? 'of this name';
    problems.push({ ...where, message: message.replace(WRITTEN, () => written), remedy });
  };
}

/** Things of the design that are not in this version: refused by name, so that nobody believes they work. */
const LATER: readonly (readonly [RegExp, string])[] = [
  [/^\/callbacks?$/, 'Callbacks are'],
  [/^\/accounts\/[^/]+\/requests_per_minute$/, 'A rate limit per account is'],
  [/^\/accounts\/[^/]+\/parallel_tasks$/, 'A limit of parallel tasks per account is'],
];
const LATER_ADAPTERS = new Set(
  'azure-openai bfl elevenlabs google-vertex ideogram luma siliconflow stability vidu xai'.split(' '),
);

const later = (pointer: string) => LATER.find(([where]) => where.test(pointer))?.[1];

function messageOf(fault: SchemaFault): string {
  const name = nameOf(fault.pointer);
  const notYet = later(fault.pointer);
  if (fault.keyword === 'unknown' && notYet) return `${notYet} not supported in this version.`;
  if (fault.keyword === 'unknown') {
    return isRecord(fault.schema.patternProperties)
      ? `\`${name}\` cannot be used as a name.`
      : `\`${name}\` is not a known key.`;
  }
  if (name === 'adapter' && typeof fault.value === 'string' && LATER_ADAPTERS.has(fault.value)) {
    return `The adapter \`${fault.value}\` is not supported in this version.`;
  }
  if (fault.keyword === 'format')
    return `\`${name}\` must be ${FORMATS[String(fault.schema.format)] ?? 'of another form'}.`;
  if (fault.keyword === 'multipleOf') return `\`${name}\` may have at most three decimals.`;
  return `\`${name}\` ${fault.text}.`;
}

/** The last part of the path, with the list it is in: `formats[0]`. */
function nameOf(pointer: string): string {
  const parts = partsOfPointer(pointer);
  const last = parts.at(-1) ?? 'The file';
  return /^\d+$/.test(last) && parts.length > 1 ? `${parts.at(-2)}[${last}]` : last;
}

function remedyOf(fault: SchemaFault): string {
  if (fault.keyword === 'unknown') {
    if (later(fault.pointer)) return 'Remove it.';
    const names = Object.values(
      isRecord(fault.schema.patternProperties) ? fault.schema.patternProperties : {},
    );
    if (names.length > 0)
      return 'Use letters, digits, `.`, `_` and `-`, beginning with a letter or digit, at most 64.';
    const known = Array.isArray(fault.details.known) ? fault.details.known.join(', ') : '';
    return `${fault.remedy === null ? '' : `${fault.remedy} `}Known here: ${known}.`;
  }
  const own = fault.schema;
  const meaning = typeof own.description === 'string' && own.description !== '' ? own.description : null;
  if (fault.remedy !== null) return fault.remedy;
  const remedy = fault.keyword === 'required' ? 'Add it.' : 'Correct it.';
  return meaning === null ? `${remedy} See docs/configuration.md.` : `${remedy} (${meaning})`;
}
