import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { classifyFile } from './classify.ts';
import { readEvidence } from './read-evidence.ts';
import type { Terminal } from './terminal.ts';
import { runCli } from './testing/run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-classify-'));
after(() => rm(folder, { recursive: true, force: true }));

async function classified(text: string, flags: { general?: boolean; json?: boolean } = {}) {
  const file = join(folder, 'evidence.json');
  writeFileSync(file, text);
  const said: string[] = [];
  const terminal: Terminal = {
    print: (line) => void said.push(line),
    note: (line) => void said.push(line),
    style: (_, line) => line,
    command: 'sluice',
    width: 90,
    progress: process.stderr,
  };
  const code = await classifyFile(terminal, file, { general: false, json: false, ...flags });
  return { code, out: said.join('\n') };
}

const FACE = {
  provider: 'fal',
  phase: 'result',
  http_status: 422,
  headers: { 'X-Fal-Request-Id': 'r' },
  body: { detail: [{ loc: ['body', 'image_url'], msg: 'blocked', type: 'content_policy_violation' }] },
};

test('a raw answer: the verdict, the rule, what follows and what a client is told', async () => {
  const { out, code } = await classified(JSON.stringify(FACE, null, 2));
  assert.equal(code, 0);
  assert.match(out, /^fal, result, 422\n/);
  assert.match(out, /verdict +content_policy_violation\/\w+\n {2}rule +fal\/detail\[\]\.type/);
  assert.match(out, /next +none: it ends here; does not count against the route/);
  assert.match(out, /told +content_policy_violation\/\w+: Content policy violation/);
  assert.match(out, /retry +No: the very same request cannot succeed \(fix_content\)/);
});

test('our own rate limit: another route, and capacity is what the client is told of', async () => {
  const limited = {
    provider: 'x',
    http_status: 429,
    headers: { 'Retry-After': ['7'] },
    body: '{"error":"rate limit"}',
  };
  const { out } = await classified(JSON.stringify(limited));
  assert.match(out, /verdict +quota_exceeded\/rate_limit/);
  assert.match(out, /next +another route; counts against the route/);
  assert.match(out, /told +resource_exhausted: .*\n {2}retry +Yes, after 7 s/);
});

test('corpus lines are compared with their labels, which decides the exit code', async () => {
  const line = (code: string, accept: string[]) =>
    JSON.stringify({ id: `fal-${code}`, ...FACE, label: { code, accept } });
  const right = line('content_policy_violation', ['content_policy_violation']);
  const wrong = line('service_error', ['service_error', 'unknown_error']);
  const { out, code } = await classified(`${right}\n\n${wrong}\n`);
  assert.equal(code, 1);
  assert.match(out, /fal-content_policy_violation: fal[\s\S]*label +as labelled/);
  assert.match(out, /labelled service_error or unknown_error, judged\s+content_policy_violation/);
  assert.match(out, /1 of 2 not as labelled/);
  assert.equal((await classified(`${right}\n${right}`)).code, 0);
  const [json] = (await classified(right, { json: true })).out.split('\n');
  assert.deepEqual(Object.keys(JSON.parse(json ?? '')), ['name', 'verdict', 'decision', 'client']);
});

test('the general rules alone can be asked for', async () => {
  const { out } = await classified(
    JSON.stringify({ ...FACE, body: { detail: 'sorry', error_type: 'startup_timeout' } }),
    {
      general: true,
    },
  );
  assert.doesNotMatch(out, /rule +fal\//);
});

test('what inspect and unknowns print is evidence too; attempts without any are passed over', () => {
  const { http_status: status, ...rest } = FACE;
  const evidence = { ...rest, status };
  const task = { object: 'operator.task', attempts: [{ evidence: null }, { evidence }] };
  assert.deepEqual(
    readEvidence(JSON.stringify(task)).map(({ name }) => name),
    ['attempt 2'],
  );
  const list = { object: 'list', data: [{ shape: '{}', sample: evidence }], attempts: 3 };
  assert.deepEqual(readEvidence(JSON.stringify(list))[0]?.evidence.status, 422);
});

for (const [what, text, message] of [
  ['nothing', '', /There is no evidence in it\. Write it as/],
  ['a broken line', '{"a":1}\n{"b"', /Line 2 is not valid JSON/],
  ['a number', '7', /The file is not a JSON object/],
  ['no provider', '{"body":1}', /The file: `provider` must be a name/],
  ['an unknown phase', '{"provider":"x","phase":"later","body":1}', /`phase` must be one of submit, poll/],
  ['a strange status', '{"provider":"x","http_status":"422","body":1}', /`http_status` must be a status/],
  ['no body', '{"provider":"x","http_status":422}', /`body` is missing/],
  ['headers that are none', '{"provider":"x","headers":[],"body":1}', /`headers` must be an object/],
  ['a label of another world', '{"provider":"x","body":1,"label":{"code":"oops"}}', /must be task codes/],
  ['a bad entry of a list', '[{"provider":"x","body":1},{}]', /The file, entry 2: `provider`/],
] as const) {
  test(`${what} is refused with the place and the remedy`, () => {
    assert.throws(() => readEvidence(text), { name: 'UsageError', message });
  });
}

test('from the shell, offline, with a clear word about a file that is not there', async () => {
  const run = await runCli(['classify', join(folder, 'nowhere.json')]);
  assert.equal(run.code, 1);
  assert.match(run.err, /nowhere\.json cannot be read: there is no such file/);
});
