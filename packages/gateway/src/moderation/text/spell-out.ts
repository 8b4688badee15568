/**
 * What one written term stands for, so that a pack names it once: `stab~` is "stab", "stabs", "stabbed", "stabbing";
 * `(up|under) (her|the) skirt` is four phrases.
 */

const IRREGULAR: Readonly<Record<string, string>> = {
  beat: 'beaten beating',
  bend: 'bent bending',
  bite: 'bit bitten biting',
  bleed: 'bled bleeding',
  blow: 'blew blown blowing',
  burn: 'burnt burned burning',
  cut: 'cutting',
  do: 'did done doing does',
  drive: 'drove driven driving',
  fall: 'fell fallen falling',
  grind: 'ground grinding',
  hang: 'hung hanged hanging',
  hit: 'hitting',
  lay: 'laid laying',
  let: 'letting',
  lie: 'lying lay lain',
  make: 'made making',
  put: 'putting',
  run: 'ran running',
  set: 'setting',
  shed: 'shedding',
  shoot: 'shot shooting',
  show: 'showed shown showing',
  sit: 'sat sitting',
  slay: 'slew slain slaying',
  slit: 'slitting',
  spread: 'spreading',
  take: 'took taken taking',
  tear: 'tore torn tearing',
  throw: 'threw thrown throwing',
  undo: 'undid undone undoing undoes',
  wear: 'wore worn wearing',
};

/** Without the -s, which every term may have. Both spellings where the last letter may be doubled; a form too many finds nothing. */
export function formsOf(verb: string): readonly string[] {
  const irregular = IRREGULAR[verb];
  if (irregular !== undefined) return [verb, ...irregular.split(' ')];
  if (/[^aeiou]y$/.test(verb)) {
    const stem = verb.slice(0, -1);
    return [verb, `${stem}ies`, `${stem}ied`, `${verb}ing`];
  }
  if (verb.endsWith('e')) return [verb, `${verb}d`, `${verb.slice(0, -1)}ing`];
  const regular = [verb, `${verb}ed`, `${verb}ing`];
  const last = verb.slice(-1);
  return /[aeiou][bdgklmnprtv]$/.test(verb) ? [...regular, `${verb}${last}ed`, `${verb}${last}ing`] : regular;
}

/** At least one term; of a verb only the first marked one is inflected. */
export function spelledOut(term: string): readonly string[] {
  if (!/[(~]/.test(term)) return [term];
  return alternatives(term).flatMap(inflected);
}

function alternatives(term: string): readonly string[] {
  const [group] = term.match(/\([^()]*\)/) ?? [];
  if (group === undefined) return [term];
  return group
    .slice(1, -1)
    .split('|')
    .flatMap((choice) => alternatives(term.replace(group, choice)));
}

function inflected(term: string): readonly string[] {
  const [marked] = term.match(/[a-z]+~/) ?? [];
  if (marked === undefined) return [term];
  return formsOf(marked.slice(0, -1)).map((form) => term.replace(marked, form));
}
