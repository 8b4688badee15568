/**
 * A rule pack: a YAML file of concepts (words that mean the same to a rule) and rules (which concepts together mean what).
 * docs/moderation.md says how to write one.
 */
import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { parse } from 'yaml';
import { CATEGORIES } from '../detector.ts';

const closed = { additionalProperties: false };
/** As a list, or as one string with commas and line ends between the terms, which is read many times faster; lines from `#` on are remarks. */
const Terms = Type.Union([
  Type.Array(Type.String({ minLength: 1, maxLength: 100 })),
  Type.String({ minLength: 1 }),
]);
const ByLanguage = Type.Record(Type.String({ pattern: '^[a-z]{2}$' }), Terms);
const Names = Type.Array(Type.String({ minLength: 1 }), { minItems: 1 });

const Concept = Type.Object(
  {
    /** By language, which is for the reader: every term is looked for in every text. */
    terms: Type.Optional(ByLanguage),
    /** Ages below this many years belong to the concept. */
    age_below: Type.Optional(Type.Integer({ minimum: 1, maximum: 21 })),
    /** Phrases in which a term means something else. */
    except: Type.Optional(ByLanguage),
  },
  closed,
);

const Rule = Type.Object(
  {
    id: Type.String({ pattern: '^[a-z][a-z0-9_]*(\\.[a-z0-9_]+)+$' }),
    category: Type.Enum([...CATEGORIES]),
    score: Type.Number({ minimum: 0, maximum: 1 }),
    /** One of each group must be there. */
    all: Type.Array(Names, { minItems: 1, maxItems: 4 }),
    /** No farther apart than this many characters (after normalisation). */
    window: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
    /** The groups follow each other as they are written, in one sentence: "stabbed a man" is not "a man stabbed". */
    ordered: Type.Optional(Type.Boolean()),
    /** In a sentence with one of these concepts a term counts only for the lower score. */
    soften: Type.Optional(Type.Object({ by: Names, to: Type.Number({ minimum: 0, maximum: 1 }) }, closed)),
    /** A sexualised minor: blocked under every policy, unless softened. */
    absolute: Type.Optional(Type.Boolean()),
  },
  closed,
);

const PackSchema = Type.Object(
  {
    pack: Type.String({ pattern: '^[a-z][a-z0-9-]*$' }),
    about: Type.String(),
    concepts: Type.Record(Type.String({ pattern: '^[a-z][a-z0-9_]*$' }), Concept),
    rules: Type.Array(Rule),
    /** Texts that a rule of this pack must find, and texts that no rule of any pack may find (at a score of 0.7). */
    tests: Type.Object({ block: Type.Array(Type.String()), pass: Type.Array(Type.String()) }, closed),
  },
  closed,
);

export type Pack = Static<typeof PackSchema>;
export type PackRule = Static<typeof Rule>;

const schema = Compile(PackSchema);

/** The terms of a concept or its exceptions, as they are written, in all languages. */
export function termsOf(written: Static<typeof ByLanguage> | undefined): readonly string[] {
  return Object.values(written ?? {}).flatMap((terms) =>
    typeof terms === 'string'
      ? terms
          .replace(/^\s*#.*$/gm, '')
          .split(/[,\n]/)
          .map((term) => term.trim())
          .filter((term) => term !== '')
      : terms,
  );
}

/** A pack that cannot be used: every problem, each with its place in the file. */
export class PackError extends Error {
  override readonly name = 'PackError';
  readonly problems: readonly string[];

  constructor(file: string, problems: readonly string[]) {
    super(`The rule pack ${file} cannot be used:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

/** Raises PackError. `file` is only for the message. */
export function parsePack(yaml: string, file: string): Pack {
  let value: unknown;
  try {
    value = parse(yaml, { maxAliasCount: 0 });
  } catch (error) {
    throw new PackError(file, [error instanceof Error ? error.message : String(error)]);
  }
  if (!schema.Check(value)) {
    throw new PackError(
      file,
      [...schema.Errors(value)].map(({ instancePath, message }) => `${instancePath || '/'}: ${message}`),
    );
  }
  const wrong = value.rules.filter((rule) => rule.absolute === true && rule.category !== 'minor_protection');
  if (wrong.length > 0) {
    throw new PackError(
      file,
      wrong.map(({ id }) => `rule ${id}: only rules of minor_protection can be absolute`),
    );
  }
  return value;
}
