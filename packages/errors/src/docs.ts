/** The page docs/errors.md, made from the table. */
import type { RetryAdvice } from './codes.ts';
import { type DictionaryEntry, dictionary } from './dictionary.ts';

export function renderErrorsPage(): string {
  const entries = dictionary();
  const task = entries.filter((entry) => entry.scope === 'task');
  const request = entries.filter((entry) => entry.scope === 'request');
  return [
    '# Errors',
    '',
    'A task that fails has an `error` with one of thirteen codes; the set is closed. A request that is refused answers with the',
    'same object under `error`: one of the thirteen, or one of six codes that only a request can meet. `GET /v1/errors` gives',
    'this page as JSON.',
    '',
    '`code` and `message` are all a simple client needs. The message has three lines: what happened, why in this very case, what',
    'to do. For programs: `subtype` narrows the code, `param` names the field, `details` holds the numbers, and `retry` says',
    'whether the very same request may succeed later (`retryable`), what to do (`action`) and how long to wait (`after_seconds`).',
    '',
    '## Overview',
    '',
    ...overview('Codes a task can end with', task),
    ...overview('Codes only a request can meet', request),
    ...task.flatMap(section),
    ...request.flatMap(section),
  ].join('\n');
}

function overview(title: string, entries: readonly DictionaryEntry[]): string[] {
  return [
    `**${title}**`,
    '',
    '| Code | Whose move | What it means | Same request again? | HTTP |',
    '| --- | --- | --- | --- | --- |',
    ...entries.map(
      (entry) =>
        `| [\`${entry.code}\`](#${entry.code}) | ${entry.category} | ${entry.description} | ${retryWords(entry.retry)} | ${entry.http_status} |`,
    ),
    '',
  ];
}

function section(entry: DictionaryEntry): string[] {
  return [
    `## ${entry.code}`,
    '',
    `**${entry.title}.** ${entry.description}`,
    '',
    `- First line of the message: "${entry.example}"`,
    `- Retry: ${retryWords(entry.retry)}`,
    `- When it refuses a request: HTTP ${entry.http_status}, \`error.type\` \`${entry.type}\``,
    '',
    ...subtypeTable(entry),
    'Causes',
    '',
    ...entry.causes.map((cause) => `- ${cause}`),
    '',
    'What to do',
    '',
    ...entry.solutions.map((solution) => `- ${solution}`),
    '',
  ];
}

function subtypeTable(entry: DictionaryEntry): string[] {
  if (entry.subtypes.length === 0) return [];
  return [
    '| Sub-type | Meaning | First line | What to do | Retry |',
    '| --- | --- | --- | --- | --- |',
    ...entry.subtypes.map(
      (row) =>
        `| \`${row.subtype}\` | ${row.description} | ${row.example} | ${row.suggestion} | ${retryWords(row.retry)} |`,
    ),
    '',
  ];
}

function retryWords({ retryable, action, after_seconds: seconds }: RetryAdvice): string {
  const wait = seconds === null ? '' : `, after ${seconds} s or as the error says`;
  return `${retryable ? 'yes' : 'no'} (\`${action}\`${wait})`;
}
