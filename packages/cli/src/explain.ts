/** `sluice explain`: the dictionary of error codes in a terminal. Needs no gateway: the table comes with the command. */
import { type DictionaryEntry, dictionary } from '@sluice/errors';
import { describeRetry } from './show-error.ts';
import { entry, type Terminal, wrap } from './terminal.ts';
import { UsageError } from './usage-error.ts';

export function explain(terminal: Terminal, name: string | undefined): void {
  const all = dictionary();
  if (name === undefined) {
    terminal.print(overview(terminal, all));
    return;
  }
  const [code, subtype, ...rest] = name.toLowerCase().split('/');
  const found = all.find((candidate) => candidate.code === code);
  if (!found || rest.length > 0) throw new UsageError(unknownCode(name, all));
  terminal.print(subtype === undefined ? whole(terminal, found) : one(terminal, found, subtype));
}

function overview({ style, width, command }: Terminal, all: readonly DictionaryEntry[]): string {
  const section = (title: string, scope: DictionaryEntry['scope']) => [
    style('bold', title),
    '',
    ...all
      .filter((row) => row.scope === scope)
      .map((row) => `  ${style('red', row.code)}\n${wrap(row.description, width, '    ')}`),
    '',
  ];
  return [
    ...section('A task can fail with', 'task'),
    ...section('A request can also be refused with', 'request'),
    `\`${command} explain CODE\` says all there is to know about one of them.`,
  ].join('\n');
}

function whole({ style, width }: Terminal, row: DictionaryEntry): string {
  const title = (text: string) => style('bold', text);
  const bullets = (items: readonly string[]) =>
    items.map((item) => `  - ${wrap(item, width, '    ').trimStart()}`).join('\n');
  const lines = [
    `${style(['bold', 'red'], row.code)}  ${row.title}`,
    '',
    wrap(row.description, width),
    '',
    entry(style('dim', 'example'), row.example, width),
    entry(style('dim', 'retry'), describeRetry(row.retry), width),
    entry(
      style('dim', 'whose'),
      row.category === 'client' ? 'The request has to change.' : 'Not the fault of the request.',
      width,
    ),
    entry(style('dim', 'HTTP'), `${row.http_status}, where a request is refused with it`, width),
    '',
    title('Why it happens'),
    '',
    bullets(row.causes),
    '',
    title('What to do'),
    '',
    bullets(row.solutions),
  ];
  if (row.subtypes.length > 0) {
    lines.push('', title('Sub-types'), '');
    for (const sub of row.subtypes) {
      lines.push(`  ${style('red', `${row.code}/${sub.subtype}`)}`, wrap(sub.description, width, '    '));
      lines.push(style('dim', wrap(sub.example, width, '    ')));
    }
  }
  return lines.join('\n');
}

function one({ style, width, command }: Terminal, row: DictionaryEntry, subtype: string): string {
  const sub = row.subtypes.find((candidate) => candidate.subtype === subtype);
  if (!sub) {
    const known = row.subtypes.map((candidate) => `  ${row.code}/${candidate.subtype}`).join('\n');
    throw new UsageError(
      `${row.code} has no sub-type "${subtype}". ${known ? `It has:\n\n${known}` : 'It has none at all.'}`,
    );
  }
  return [
    style(['bold', 'red'], `${row.code}/${sub.subtype}`),
    '',
    wrap(sub.description, width),
    '',
    entry(style('dim', 'example'), sub.example, width),
    entry(style('dim', 'to do'), sub.suggestion, width),
    entry(style('dim', 'retry'), describeRetry(sub.retry), width),
    entry(style('dim', 'more'), `${command} explain ${row.code}`, width),
  ].join('\n');
}

/** Names the sub-type that was typed without its code, or the codes that share the most with it; all of them where nothing comes near. */
function unknownCode(name: string, all: readonly DictionaryEntry[]): string {
  const wanted = name.toLowerCase();
  const finer = all.flatMap(({ code, subtypes }) =>
    subtypes.filter(({ subtype }) => subtype === wanted).map(({ subtype }) => `  ${code}/${subtype}`),
  );
  if (finer.length > 0) return `"${name}" is a sub-type. Did you mean\n\n${finer.join('\n')}`;
  const typed = pairs(wanted);
  const scored = all
    .map(({ code }) => ({
      code,
      shared: [...pairs(code)].filter((pair) => typed.has(pair)).length / pairs(code).size,
    }))
    .sort((a, b) => b.shared - a.shared);
  const near = scored.filter(({ shared }) => shared >= 0.4).slice(0, 3);
  const shown = (near.length > 0 ? near : all).map(({ code }) => `  ${code}`).join('\n');
  return `There is no error code "${name}". ${near.length > 0 ? 'Did you mean' : 'There are'}\n\n${shown}`;
}

function pairs(text: string): Set<string> {
  return new Set(Array.from({ length: Math.max(0, text.length - 1) }, (_, i) => text.slice(i, i + 2)));
}
