/** What strangers wrote, for a terminal: nothing in it can move the cursor, change colours or turn the writing direction. */

/** Control and format characters, line feed and tab excepted. */
const UNSEEN = /(?![\n\t])[\p{Cc}\p{Cf}\u2028\u2029]/gu;

export function printable(text: string): string {
  return text.replace(UNSEEN, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);
}

/** A JSON value over several lines; a text that is none as it is. */
export function printableJson(value: unknown): string {
  return printable(typeof value === 'string' ? value : (JSON.stringify(value, null, 2) ?? 'nothing'));
}

export function indent(text: string, by: string): string {
  return text
    .split('\n')
    .map((line) => by + line)
    .join('\n');
}
