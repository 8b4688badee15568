/** Texts that hold several answers one below the other: the events of a stream (`data: {...}`), or JSON line by line. */

const MOST_FRAMES = 40;

/** The parts, in order; null where the text is a single answer. */
export function framesOf(text: string): readonly string[] | null {
  if (/^(?:data|event|id|retry): ?\S/.test(text)) return eventsOf(text);
  return text.startsWith('{') && /\}\s*\n\s*\{/.test(text) ? linesOf(text) : null;
}

/** The data of each event; the last events tell how it ended. */
function eventsOf(text: string): readonly string[] {
  const events: string[] = [];
  for (const event of text.split(/\r?\n\r?\n/)) {
    const data = event
      .split(/\r?\n/)
      .filter((line) => line.startsWith('data:'))
      .map((line) => line.slice(5).trim())
      .join('\n');
    if (data !== '' && data !== '[DONE]') events.push(data);
  }
  return events.slice(-MOST_FRAMES);
}

function linesOf(text: string): readonly string[] | null {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  return lines.every((line) => line.trimStart().startsWith('{')) ? lines.slice(-MOST_FRAMES) : null;
}
