/**
 * The text rules: the built-in detector of words. Read this first.
 *
 *   text -> views.ts (folded, five ways of reading) -> hits.ts (terms of the packs, exceptions and negations taken away)
 *        -> judge.ts (rules over concepts, scores) -> findings with spans of the original text
 *
 * What the words are is in `packs/*.yaml`; `pack.ts` reads one, `compile.ts` makes a matcher of all.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Detector, type Finding, type Stage, TEXT_RULES } from '../detector.ts';
import { type CompiledRules, compileRules } from './compile.ts';
import { read } from './hits.ts';
import { judge } from './judge.ts';
import { type Pack, PackError, parsePack } from './pack.ts';

/** The packs that come with the gateway. */
export const BUILT_IN_PACKS = join(import.meta.dirname, '../packs');

/** Every `*.yaml` of a folder, in the order of the names. */
export function packFiles(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => join(folder, name));
}

/** Raises PackError. */
export function readPacks(folder: string): readonly Pack[] {
  return packFiles(folder).map(readPack);
}

/** Raises PackError, also where the file cannot be read. */
export function readPack(path: string): Pack {
  let yaml: string;
  try {
    yaml = readFileSync(path, 'utf8');
  } catch {
    throw new PackError(path, ['the file cannot be read']);
  }
  return parsePack(yaml, basename(path));
}

export interface TextRules extends Detector {
  /** The same without waiting: the rules need nothing but the text. */
  findIn(text: string, input: string, stage: Stage): readonly Finding[];
}

/** Raises PackError for rules that name a concept no pack has, and for two rules of one id. */
export function createTextRules(packs: readonly Pack[]): TextRules {
  const rules = compileRules(packs);
  const findIn = (text: string, input: string, stage: Stage) => find(text, input, stage, rules);
  return {
    name: TEXT_RULES,
    looksAt: ['text'],
    findIn,
    async detect(subject) {
      if (subject.kind !== 'text') return { kind: 'failed', reason: 'text rules look at text only' };
      return { kind: 'findings', findings: findIn(subject.text, subject.input, subject.stage) };
    },
  };
}

function find(text: string, input: string, stage: Stage, { rules, ...compiled }: CompiledRules): Finding[] {
  const reading = read(text, { rules, ...compiled });
  return judge(reading, rules).map(({ rule, score, softened, hits }) => ({
    category: rule.category,
    score,
    stage,
    input,
    detector: TEXT_RULES,
    rule: rule.id,
    why: hits
      .map(({ concept, view }) => `${compiled.concepts[concept]}${view === 'plain' ? '' : ` (${view})`}`)
      .join(' + '),
    spans: hits.map(({ start, end }) => ({ start, end })),
    absolute: rule.absolute && !softened,
  }));
}
