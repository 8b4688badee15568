/** From packs to what can be matched: terms folded like the texts, two tries, rules that name concepts by number. */
import type { Category } from '../detector.ts';
import { buildLexicon, type Lexicon } from './lexicon.ts';
import { type Pack, PackError, type PackRule, termsOf } from './pack.ts';
import { spelledOut } from './spell-out.ts';
import { buildTrie, type Trie } from './trie.ts';
import { plainView } from './views.ts';

export interface Term {
  readonly concept: number;
  /** A phrase in which the concept is not meant. */
  readonly except: boolean;
  /** Ended in `*`: any ending will do. */
  readonly prefix: boolean;
}

export interface Matcher {
  readonly trie: Trie;
  /** What each term of the trie is for. */
  readonly uses: readonly (readonly Term[])[];
}

export interface CompiledRule {
  readonly id: string;
  readonly category: Category;
  readonly score: number;
  readonly groups: readonly (readonly number[])[];
  readonly window: number | null;
  readonly ordered: boolean;
  readonly soften: { readonly by: readonly number[]; readonly to: number } | null;
  readonly absolute: boolean;
}

export interface CompiledRules {
  /** Terms of letters: found as whole words. */
  readonly words: Matcher;
  /** Terms with Chinese, Japanese or Korean characters: found anywhere. */
  readonly han: Matcher;
  /** Those of `words` that are one word. */
  readonly lexicon: Lexicon;
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
        // One use for all terms of a list: there are tens of thousands.
        const whole: readonly Term[] = [{ concept, except: isExcept, prefix: false }];
        const beginning: readonly Term[] = [{ concept, except: isExcept, prefix: true }];
        for (const written of termsOf(list).flatMap(spelledOut)) {
          const text = foldTerm(written);
          if (text === '')
            throw new PackError(pack.pack, [`concept ${name}: "${written}" has no letter or digit`]);
          const into = HAN.test(text) ? han : words;
          const uses = written.endsWith('*') ? beginning : whole;
          into.add(into === han ? text.replaceAll(' ', '') : text, uses);
        }
      }
    }
  }
  return {
    words: words.matcher(),
    han: han.matcher(),
    lexicon: buildLexicon(words.meant()),
    ages,
    concepts: [...numbers.keys()],
    rules: packs.flatMap((pack) => pack.rules.map((rule) => compileRule(rule, pack.pack, numbers))),
  };
}

/** Most terms are plain words already. */
function foldTerm(written: string): string {
  if (/^[a-z]+(?: [a-z]+)*$/.test(written)) return written;
  if (/^[\u4e00-\u9fff]+$/.test(written)) return written;
  return plainView(written).text.replace(/[,\n]/g, ' ').trim();
}

class TermList {
  readonly #uses = new Map<string, readonly Term[]>();

  add(text: string, uses: readonly Term[]): void {
    const others = this.#uses.get(text);
    this.#uses.set(text, others === undefined ? uses : [...others, ...uses]);
  }

  /** Without those that are only exceptions. */
  *meant(): Iterable<string> {
    for (const [text, uses] of this.#uses) if (uses.some(({ except }) => !except)) yield text;
  }

  matcher(): Matcher {
    return { trie: buildTrie([...this.#uses.keys()]), uses: [...this.#uses.values()] };
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
    ordered: rule.ordered ?? false,
    soften: rule.soften ? { by: numbered(rule.soften.by), to: rule.soften.to } : null,
    absolute: rule.absolute ?? false,
  };
}
