/** What a task says: every text in its parameters that steers the generation, and where it stands. */
import type { JsonObject, JsonValue } from '../json.ts';
import type { Finding } from './detector.ts';

/**
 * All texts one after the other, so that a sense split over two fields is seen, and one call of a hosted detector looks at
 * all of them.
 */
export interface TaskText {
  readonly text: string;
  readonly parts: readonly { readonly param: string; readonly start: number; readonly end: number }[];
}

/** Media and what names what to avoid: `negative_prompt: "nude"` asks for the opposite. */
const NOT_SAID = /^(?:(?:image|video|audio)_urls|mask_url|callback_url|model|negative_[a-z_]+)$/;

/** Ends a sentence for the rules. */
const BETWEEN = '\n\n';

export function textOf(params: JsonObject): TaskText {
  const parts: { param: string; start: number; end: number }[] = [];
  let text = '';
  const visit = (value: JsonValue, param: string) => {
    if (typeof value === 'string' && value.trim() !== '') {
      if (text !== '') text += BETWEEN;
      parts.push({ param, start: text.length, end: text.length + value.length });
      text += value;
    } else if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) visit(item, `${param}[${index}]`);
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, item] of Object.entries(value))
        if (!NOT_SAID.test(name)) visit(item, `${param}.${name}`);
    }
  };
  for (const [name, value] of Object.entries(params)) if (!NOT_SAID.test(name)) visit(value, name);
  return { text, parts };
}

/** The finding as one of the parameter it is in, with spans of that parameter; the first part where it names no place. */
export function placed(finding: Finding, { parts }: TaskText): Finding {
  const [first] = finding.spans;
  const home = parts.find(({ end }) => end > (first?.start ?? 0)) ?? parts[0];
  if (!home) return finding;
  const spans = finding.spans
    .filter(({ start, end }) => start >= home.start && end <= home.end)
    .map(({ start, end }) => ({ start: start - home.start, end: end - home.start }));
  return { ...finding, input: home.param, spans };
}
