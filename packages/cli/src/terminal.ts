/** What the commands write with: answers on standard output, everything said along the way on standard error. */
import { stripVTControlCharacters, styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

export interface Terminal {
  /** The answer: what a script would read. */
  print(text: string): void;
  /** What a person may want to know meanwhile. */
  note(text: string): void;
  /** Colour where standard output is a terminal that shows it; `NO_COLOR` and `FORCE_COLOR` are honoured. */
  style(style: Style, text: string): string;
  /** How this command is called here, for hints that can be copied: `sluice`, or `npm run sluice --`. */
  readonly command: string;
  /** Columns to write in. */
  readonly width: number;
  /** Where a progress bar may move. */
  readonly progress: NodeJS.WriteStream;
}

const NARROWEST = 40;
const WIDEST = 100;

export function processTerminal(command: string, columns: number | null): Terminal {
  const { stdout, stderr } = process;
  return {
    print: (text) => void stdout.write(`${text}\n`),
    note: (text) => void stderr.write(`${text}\n`),
    style: (style, text) => styleText(style, text, { stream: stdout }),
    command,
    // Some terminals say that they have no columns at all.
    width: Math.max(NARROWEST, Math.min(columns || stdout.columns || stderr.columns || 80, WIDEST)),
    progress: stderr,
  };
}

/**
 * Breaks text between words so that no line is wider than `width` columns, `indent` included; further lines are indented as
 * deep. A word that is too long for any line stays whole, so that an address can be copied.
 */
export function wrap(text: string, width: number, indent = ''): string {
  const room = Math.max(20, width - indent.length);
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const word of paragraph.split(/ +/)) {
      const longer = line === '' ? word : `${line} ${word}`;
      if (line !== '' && stripVTControlCharacters(longer).length > room) {
        lines.push(line);
        line = word;
      } else {
        line = longer;
      }
    }
    lines.push(line);
  }
  return lines.map((line) => (line === '' ? '' : indent + line)).join('\n');
}

/** `label` and wrapped text side by side, as in a dictionary. */
export function entry(label: string, text: string, width: number): string {
  const indent = ' '.repeat(11);
  const visible = stripVTControlCharacters(label).length;
  const body = wrap(text, width, indent);
  return `  ${label}${' '.repeat(Math.max(1, 9 - visible))}${body.slice(indent.length)}`;
}
