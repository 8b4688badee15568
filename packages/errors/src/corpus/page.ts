/** The page docs/classification.md: how the classifier works, with its accuracy on the fixtures as measured when it was made. */
import { PROVIDERS } from '../rules/index.ts';
import { codeShare, groupBy, type Judged, percent, scoreAll, subtypeShare } from './report.ts';
import { OWN_CORPUS, readCorpus } from './score.ts';

export function renderClassificationPage(): string {
  const { entries, problems } = readCorpus(OWN_CORPUS);
  if (problems.length > 0) throw new Error(problems.join('\n'));
  const full = scoreAll(entries);
  const general = scoreAll(entries, { generalOnly: true });
  return [...TEXT, ...accuracyTable(full.judged, general.judged), '', ...WITHOUT_CORPUS, ''].join('\n');
}

function accuracyTable(full: readonly Judged[], general: readonly Judged[]): string[] {
  const byProvider = groupBy(full, providerOf);
  const generalByProvider = groupBy(general, providerOf);
  const row = (name: string, own: readonly Judged[], alone: readonly Judged[]): string =>
    `| ${name} | ${own.length} | ${percent(codeShare(own))} | ${percent(subtypeShare(own))} | ${percent(codeShare(alone))} | ${percent(subtypeShare(alone))} |`;
  return [
    '| Provider | Entries | Code | Sub-type | Code, general rules alone | Sub-type, general rules alone |',
    '| --- | --- | --- | --- | --- | --- |',
    ...[...byProvider].map(([name, judged]) => row(name, judged, generalByProvider.get(name) ?? [])),
    row('**all**', full, general),
  ];
}

function providerOf(one: Judged): string {
  return one.entry.evidence.provider;
}

const WITHOUT_CORPUS: readonly string[] = [
  `Rules exist for ${PROVIDERS.length} providers: ${PROVIDERS.map((rules) => rules.provider).join(', ')}. Those without a row above`,
  "were written from the providers' documentation; no recorded error of theirs is in the fixtures.",
];

const TEXT: readonly string[] = `# Classification

\`@sluice/errors\` turns whatever an upstream says into one of thirteen codes. It has no dependencies, reads nothing but its
argument, and runs in Node.js and in a browser; it is as useful to somebody who calls a provider directly as it is to the gateway.

\`\`\`ts
import { classify } from '@sluice/errors';

const verdict = classify({
  provider: 'openai', // unknown names get the general rules
  phase: 'submit', // submit, poll, result, cancel, download, or network where no whole answer came
  status: 429,
  headers: { 'retry-after': '16' },
  body: { error: { code: 'rate_limit_exceeded', message: 'Rate limit reached. Please try again in 16s.' } },
});
// { code: 'quota_exceeded', subtype: 'rate_limit', retry: { retryable: true, action: 'reduce_frequency', after_seconds: 16 },
//   asked_seconds: 16, param: null, stage: 'unknown', details: {}, matched_rule: 'openai/error.code', confidence: 0.95, alternatives: [] }
\`\`\`

The verdict speaks to whoever holds that provider's key. \`toClient(verdict)\` is the second step, for a gateway: its own account
with a provider is not its client's, so an exhausted quota becomes \`resource_exhausted\` and a refused key becomes
\`service_unavailable\`; and no text of the provider goes through. \`decide(verdict, phase)\` says what follows: the same route again,
another route, or the end.

## Who decides

The first that knows decides:

1. **A thrown network error** (\`network.ts\`): codes of Node.js and undici along the chain of causes.
2. **The provider's own fields** (\`rules/<provider>.ts\`): a table of paths, values and meanings. A plain meaning is final. A \`hint\` is
   for a code that the provider puts on everything; it stands only if nothing more telling is found.
3. **The provider's own wording**, where one of its sentences means something particular.
4. **The general rules** (\`general.ts\`): safety flags beside a success; machine codes, then sentences, read through one book of phrases
   (\`rules/general/\`: English and Chinese, simplified or traditional, and some Japanese and Korean); names and numbers of gRPC; the HTTP
   status; the state of the job; and at last the absence of any output.

Two principles keep the general rules sober. A sign is \`sure\`, \`fair\` or \`vague\`: "insufficient balance" names the cause, "limit exceeded"
its kind, "invalid request" is what everybody writes above everything. The more telling sign wins, and of two equals the code
beats the sentence. And every HTTP status has a list of what words may turn it into (\`rules/http.ts\`): a 401 can be an empty wallet but
never a bad parameter, a 504 is always a time-out, a 400 can be anything. A status that only the body names (\`{"code": 413}\`) forbids
nothing. What a relay writes over everything (\`upstream_error\`) gives way to the sentence beside it.

Two small lists guard the big ones: \`homonyms.ts\`, asked first, has the words that sound like one failure and tell of another ("safety
tolerance must be between 0 and 6" is a parameter, "size of tensor must match" a crash); \`topics.ts\`, asked last, takes an error that says
nothing definite for what it is about. A body may also be an event stream or JSON line by line; each part is read.

Echoes of the request (prompts, inputs, logs, links) are never read: they are the caller's words.

## Reading a verdict

- \`matched_rule\` names the rule, never quotes the evidence: \`fal/detail[].type\`, \`http/503\`, \`text/too many .. task\`.
- \`confidence\` below 0.6 means that the codes in \`alternatives\` are about as defensible.
- \`details\` has the numbers found, units in the names: \`min_side\`, \`max_bytes\`, \`actual_seconds\`. \`never_left: true\` is on network faults
  whose request provably never left this machine; only such a submit may be sent again elsewhere.
- \`retry.after_seconds\` comes from the body ("try again in 1m30s", "30 秒后重试", \`retryDelay: "7s"\`, \`retry_after_ms\`, \`estimated_time\`,
  \`resets_at\` as a date or unix time), else from \`Retry-After\` (seconds, a duration or a date), else for quotas from the reset headers of
  rate limits (\`x-ratelimit-reset-*\`, \`RateLimit\`). Dates need a clock: \`classify(evidence, { nowMs })\`, or the answer's own \`date\`.

## Adding a provider

1. Write \`rules/<name>.ts\`: where its codes are (\`at: 'error.code'\`), and what it means by each. Link the page that says so.
   Dotted codes fall back to their beginnings, so \`SAFETY\` covers \`SAFETY.INPUT.TEXT\`.
2. Use \`{ hint, text }\` for codes that mean several things, and \`text\` for sentences that decide. A pattern is a row of words:
   \`a|b\` is either, \`..\` skips up to six words, \`#\` is a number, and a word stands for all its forms.
3. Add it to \`rules/index.ts\`, and recorded errors with labels to \`fixtures/corpus/<name>.jsonl\`, one JSON object a line:
   \`{"id", "provider", "api", "phase", "http_status", "headers", "body", "label": {"code", "subtype", "accept"}}\`.
4. \`npm run corpus\` shows the score and every miss; \`npm run corpus -- FOLDER\` reads another folder, \`--general\` switches the providers'
   own rules off.

A rule states what the provider means by a field or a code. Never write one for a whole sentence or a single sample: it would
be right once.

## Accuracy

What to expect of a provider nobody has written rules for: four lists of real errors, 349 in all, gathered in public and labelled before the
classifier had met them (\`fixtures/recorded/\`), gave 89.9, 83.8, 93.7 and 87.5 % of the codes at first sight, and 84.2, 68.3, 77.5 and 75.0 % of the
sub-types; each list was scored with the rules as the one before had left them. All are known to the rules now (98 % and more).

The table is of the errors the rules were written with. A code counts as right when it is among the defensible ones of the label; a
sub-type when code and sub-type are exactly the label's. Errors as providers might word them, invented by hand, are in
\`fixtures/invented/\`.
`.split('\n');
