/** The engine of the providers' tables: the same for every provider. */
import type { Evidence } from '../evidence.ts';
import type { Finding } from '../finding.ts';
import { readingOf } from '../meaning.ts';
import { PhraseBook } from '../phrases.ts';
import type { Signals } from '../signals.ts';
import { PROVIDERS } from './index.ts';
import type { FieldRule, ProviderRules, ValueMeaning } from './provider.ts';

interface CompiledField {
  readonly at: string;
  readonly path: readonly string[];
  readonly narrowedBy: readonly string[] | null;
  readonly means: ReadonlyMap<string, CompiledMeaning>;
  readonly otherwise: CompiledMeaning | null;
}

interface CompiledMeaning {
  readonly final: boolean;
  readonly reading: ReturnType<typeof readingOf>;
  readonly book: PhraseBook | null;
  readonly whose: Finding['whose'];
}

interface Compiled {
  readonly fields: readonly CompiledField[];
  readonly book: PhraseBook | null;
}

const COMPILED: ReadonlyMap<string, Compiled> = new Map(
  PROVIDERS.flatMap((rules) => {
    const compiled = compile(rules);
    return [rules.provider, ...(rules.also ?? [])].map((name) => [name, compiled] as const);
  }),
);

/** What the provider's own table says; null where it has none or the table is silent. A hint comes back as not final. */
export function providerFinding(evidence: Evidence, signals: Signals): Finding | null {
  const rules = COMPILED.get(evidence.provider);
  if (rules === undefined) return null;
  let hint: Finding | null = null;
  for (const field of rules.fields) {
    for (const value of fieldValues(field, evidence)) {
      const meaning = lookUp(field.means, value) ?? field.otherwise;
      if (meaning === null) continue;
      const rule = `${evidence.provider}/${field.at}`;
      const said = meaning.book?.best(signals.sentenceWords) ?? null;
      if (said !== null) {
        return {
          code: said.code,
          subtype: said.subtype,
          rule: `${rule}/${said.label}`,
          confidence: 0.9,
          alternatives: said.or,
          final: true,
        };
      }
      const finding = {
        ...meaning.reading,
        rule,
        confidence: meaning.final ? 0.95 : 0.65,
        alternatives: [],
        final: meaning.final,
        settled: meaning.final,
        whose: meaning.whose,
      };
      if (meaning.final) return finding;
      hint ??= finding;
    }
  }
  if (rules.book !== null) {
    const said = rules.book.best(signals.sentenceWords) ?? rules.book.best(signals.codeWords);
    if (said !== null) {
      return {
        code: said.code,
        subtype: said.subtype,
        rule: `${evidence.provider}/text/${said.label}`,
        confidence: said.or.length > 0 ? 0.58 : 0.9,
        alternatives: said.or,
        final: true,
      };
    }
  }
  return hint;
}

function compile(rules: ProviderRules): Compiled {
  return {
    fields: rules.fields.map(compileField),
    book: rules.text === undefined ? null : new PhraseBook(rules.text),
  };
}

function compileField(rule: FieldRule): CompiledField {
  const means = new Map<string, CompiledMeaning>();
  for (const [value, meaning] of Object.entries(rule.means))
    means.set(value.toLowerCase(), compileMeaning(meaning));
  return {
    at: rule.at,
    path: rule.at.split('.'),
    narrowedBy: rule.with?.split('.') ?? null,
    means,
    otherwise: rule.otherwise === undefined ? null : compileMeaning(rule.otherwise),
  };
}

function compileMeaning(meaning: ValueMeaning): CompiledMeaning {
  if (typeof meaning === 'string')
    return { final: true, reading: readingOf(meaning), book: null, whose: undefined };
  if ('means' in meaning) {
    return { final: true, reading: readingOf(meaning.means), book: null, whose: meaning.whose };
  }
  return {
    final: false,
    whose: undefined,
    reading: readingOf(meaning.hint),
    book: meaning.text === undefined ? null : new PhraseBook(meaning.text),
  };
}

/** `SAFETY.INPUT.TEXT`, else `SAFETY.INPUT`, else `SAFETY`. */
function lookUp(means: CompiledField['means'], value: string): CompiledMeaning | null {
  let key = value.toLowerCase();
  for (;;) {
    const known = means.get(key);
    if (known !== undefined) return known;
    const dot = key.lastIndexOf('.');
    if (dot <= 0) return null;
    key = key.slice(0, dot);
  }
}

function fieldValues(field: CompiledField, evidence: Evidence): string[] {
  const values = valuesAt(field.path, evidence);
  if (field.narrowedBy === null) return values;
  const narrower = valuesAt(field.narrowedBy, evidence)[0];
  return narrower === undefined ? [] : values.map((value) => `${value}.${narrower}`);
}

function valuesAt(path: readonly string[], evidence: Evidence): string[] {
  if (path[0] === 'http') return evidence.status === null ? [] : [String(evidence.status)];
  if (path[0]?.startsWith('header:') === true) {
    const value = evidence.headers[path[0].slice('header:'.length)];
    return value === undefined ? [] : [value];
  }
  const found: string[] = [];
  collect(evidence.body, path, 0, found);
  return found;
}

function collect(value: unknown, path: readonly string[], at: number, found: string[]): void {
  const step = path[at];
  if (step === undefined) {
    if (typeof value === 'string') found.push(value);
    else if (typeof value === 'number' || typeof value === 'boolean') found.push(String(value));
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  const each = step.endsWith('[]');
  const key = each ? step.slice(0, -2) : step;
  const child: unknown = key === '' ? value : (value as Record<string, unknown>)[key];
  if (!each) collect(child, path, at + 1, found);
  else if (Array.isArray(child)) for (const item of child) collect(item, path, at + 1, found);
  else if (typeof child === 'object' && child !== null)
    for (const item of Object.values(child)) collect(item, path, at + 1, found);
}
