/** From packs to what can be matched: terms folded like the texts, two automata, rules that name concepts by number. */
import type { Category } from '../detector.ts';
import { type Automaton, buildAutomaton } from './automaton.ts';
import { type Pack, PackError, type PackRule } from './pack.ts';
import { viewsOf } from './views.ts';

export interface Term {
  readonly concept: number;
  /** A phrase in which the concept is not meant. */
  readonly except: boolean;
  /** Ended in `*`: any ending will do. */
  readonly prefix: boolean;
}

export interface Matcher {
  readonly automaton: Automaton;
  /** What each term of the automaton is for. */
  readonly uses: readonly (readonly Term[])[];
}

export interface CompiledRule {
  readonly id: string;
  readonly category: Category;
  readonly score: number;
  readonly groups: readonly (readonly number[])[];
  readonly window: number | null;
  readonly soften: { readonly by: readonly number[]; readonly to: number } | null;
  readonly absolute: boolean;
}

export interface CompiledRules {
  /** Terms of letters: found as whole words. */
  readonly words: Matcher;
  /** Terms with Chinese, Japanese or Korean characters: found anywhere. */
  readonly han: Matcher;
  readonly ages: readonly { readonly concept: number; readonly below: number }[];
  readonly concepts: readonly string[];
  readonly rules: readonly CompiledRule[];
}

export const HAN = /[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff]/;

/** Concepts of the same name in several packs are one. Raises PackError for a rule that names a concept no pack has, and for two rules of one id. */
export function compileRules(packs: readonly Pack[]): CompiledRules {
  const numbers = new Map<string, number>();
  for (const pack of packs)
    for (const name of Object.keys(pack.concepts)) if (!numbers.has(name)) numbers.set(name, numbers.size);

  const ids = packs.flatMap((pack) => pack.rules.map(({ id }) => id));
  const twice = ids.filter((id, index) => ids.indexOf(id) !== index);
  if (twice.length > 0)
    throw new PackError(
      'set',
      twice.map((id) => `two rules have the id ${id}`),
    );

  const words = new TermList();
  const han = new TermList();
  const ages: { concept: number; below: number }[] = [];
  for (const pack of packs) {
    for (const [name, { terms, except, age_below }] of Object.entries(pack.concepts)) {
      const concept = numbers.get(name) ?? 0;
      if (age_below !== undefined) ages.push({ concept, below: age_below });
      for (const [list, isExcept] of [
        [terms, false],
        [except, true],
      ] as const) {
        for (const written of Object.values(list ?? {}).flat()) {
          const text = foldTerm(written);
          if (text === '')
            throw new PackError(pack.pack, [`concept ${name}: "${written}" has no letter or digit`]);
          const into = HAN.test(text) ? han : words;
          into.add(into === han ? text.replaceAll(' ', '') : text, {
            concept,
            except: isExcept,
            prefix: written.endsWith('*'),
          });
        }
      }
    }
  }
  return {
    words: words.matcher(),
    han: han.matcher(),
    ages,
    concepts: [...numbers.keys()],
    rules: packs.flatMap((pack) => pack.rules.map((rule) => compileRule(rule, pack.pack, numbers))),
  };
}

function foldTerm(written: string): string {
  const [plain] = viewsOf(written);
  return plain.text.replace(/[,\n]/g, ' ').trim();
}

class TermList {
  readonly #uses = new Map<string, Term[]>();

  add(text: string, term: Term): void {
    const uses = this.#uses.get(text) ?? [];
    uses.push(term);
    this.#uses.set(text, uses);
  }

  matcher(): Matcher {
    return { automaton: buildAutomaton([...this.#uses.keys()]), uses: [...this.#uses.values()] };
  }
}

function compileRule(rule: PackRule, pack: string, numbers: ReadonlyMap<string, number>): CompiledRule {
  const numbered = (names: readonly string[]) =>
    names.map((name) => {
      const number = numbers.get(name);
      if (number === undefined)
        throw new PackError(pack, [`rule ${rule.id}: no pack has a concept "${name}"`]);
      return number;
    });
  return {
    id: rule.id,
    category: rule.category,
    score: rule.score,
    groups: rule.all.map(numbered),
    window: rule.window ?? null,
    soften: rule.soften ? { by: numbered(rule.soften.by), to: rule.soften.to } : null,
    absolute: rule.absolute ?? false,
  };
}
