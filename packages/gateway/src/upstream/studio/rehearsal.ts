/**
 * The rehearsal: magic words in a prompt that make the studio misbehave in one known way, as payment companies have test cards.
 * Read this first, then the table (rehearsal-table.ts).
 *
 * What a word provokes is said in the studio's wire format and travels the road of every upstream's answers: evidence,
 * classification, the retry table. Nothing past the adapter knows that it was rehearsed. `rehearsal-prompt.ts` finds the words
 * in a prompt, `rehearsed.ts` says what they mean at each point of a job's life; here is what is told about them.
 */
import { type EndsIn, exampleOf, REHEARSALS, type RehearsalRow, type Stage } from './rehearsal-table.ts';

/** One rehearsal as `GET /v1/errors` and the docs show it. */
export interface RehearsalView {
  /** What to write into a prompt. */
  readonly words: string;
  readonly ends_in: EndsIn | 'completed';
  readonly stage: Stage;
  readonly description: string;
}

export function rehearsals(): readonly RehearsalView[] {
  return REHEARSALS.map((row) => ({
    words: exampleOf(row),
    ends_in: row.endsIn,
    stage: row.stage,
    description: row.description,
  }));
}

/** docs/rehearsal.md. */
export function renderRehearsalPage(): string {
  const failures = REHEARSALS.filter((row) => row.endsIn !== 'completed');
  const successes = REHEARSALS.filter((row) => row.endsIn === 'completed');
  return [
    INTRODUCTION,
    '## Words that end in an error\n',
    '| write into the prompt | the task ends with | strikes | what happens |',
    '| --- | --- | --- | --- |',
    ...failures.map((row) => `| \`${exampleOf(row)}\` | ${endOf(row)} | ${row.stage} | ${row.description} |`),
    '\n## Words that end well\n',
    'Each of them goes through something that a client should not even notice.\n',
    '| write into the prompt | strikes | what happens |',
    '| --- | --- | --- |',
    ...successes.map((row) => `| \`${exampleOf(row)}\` | ${row.stage} | ${row.description} |`),
    NOTES,
  ].join('\n');
}

function endOf({ endsIn }: RehearsalRow): string {
  if (endsIn === 'completed') return 'completed';
  return endsIn.subtype === null
    ? `\`${endsIn.code}\``
    : `\`${endsIn.code}\`, sub-type \`${endsIn.subtype}\``;
}

const INTRODUCTION = `# The rehearsal

Magic words in a prompt make the built-in studio fail on purpose, as payment companies have test cards. A team can see each
error its users will meet, at each stage of a task, before it meets one, and without spending anything.

\`\`\`sh
curl http://127.0.0.1:8787/v1/images/generations -H "Authorization: Bearer $KEY" -H "Content-Type: application/json" \\
  -d '{"model": "studio-image-1", "prompt": "a harbour rehearse:content_policy_violation/adult@running@after=3s"}'
\`\`\`

The words work with all three studio models and stand anywhere in \`prompt\`, one in a prompt:

    rehearse:<word>[@submit|@running|@result][@after=<seconds>s]

- \`@submit\`: the upstream says no instead of accepting the job. \`@running\`: the job is accepted and fails while it works.
  \`@result\`: the job is done, and its result is withheld. Words for errors the upstream reports can be moved so; without it they
  strike where the table says. The other words strike where the table says and nowhere else.
- \`@after=3s\`: so long the answer to the submit is delayed, or the job runs before it fails or is done.
- The general sub-type may be left out: \`rehearse:invalid_parameters\` is \`rehearse:invalid_parameters/general\`.
- A word nobody knows is refused as \`invalid_parameters/unknown_rehearsal\`: a mistyped rehearsal never passes for a success.

What the studio says in a rehearsal goes the way of every upstream's answers: it is kept as evidence, classified, and looked up in
the one retry table. So an error that the gateway tries again is tried again, and as the words persist over attempts (\`flaky\`
excepted) the task fails after the last attempt; the attempts are in the task.
`;

const NOTES = `
## What is not as in a rehearsal

- A real \`quota_exceeded\` is about the client's own limits, which the gateway keeps itself: the request is refused with it (429,
  402) before there is a task. Rehearsed, a task fails with the same code, sub-type and advice. An upstream's limits on the gateway's
  account are not the client's: they end in \`resource_exhausted\` (the \`upstream/...\` words).
- The codes that only a request can meet (\`unauthorized\`, \`model_not_found\`, ...) need nothing but such a request.
`;
