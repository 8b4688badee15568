import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { runCli } from './testing/run-cli.ts';

let folder = '';
let running: ChildProcess | null = null;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-serve-'));
});
afterEach(async () => {
  running?.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

/** Starts `sluice serve` on a free port and resolves when it has greeted. */
async function serve(...args: string[]) {
  const main = join(import.meta.dirname, 'main.js');
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', main, 'serve', '--port', '0', ...args],
    {
      cwd: folder,
      env: { PATH: process.env.PATH ?? '' },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  running = child;
  let out = '';
  let err = '';
  child.stderr.on('data', (chunk) => (err += chunk));
  await new Promise<void>((resolve, reject) => {
    child.once('close', () => reject(new Error(`it ended before it was ready:\n${out}${err}`)));
    child.stdout.on('data', (chunk) => {
      out += chunk;
      if (out.includes('Stop: Ctrl-C')) resolve();
    });
  });
  const url = /ready at (\S+)/.exec(out)?.[1] ?? '';
  const key = /^ {2}(sk-[a-z0-9]+)$/m.exec(out)?.[1] ?? null;
  const ended = new Promise<{ code: number | null; err: string }>((resolve) =>
    child.once('close', (code) => resolve({ code, err })),
  );
  return { child, url, key, out, ended };
}

test('the printed curl works as it stands; the key is shown at the first start only and works after it', async () => {
  const first = await serve();
  assert.ok(first.key);
  const curl = first.out.slice(first.out.indexOf('  curl '), first.out.indexOf('or, from another'));
  const [, address = ''] = /curl (\S+)/.exec(curl) ?? [];
  const headers = Object.fromEntries(
    [...curl.matchAll(/-H "([^:]+): ([^"]+)"/g)].map((match) => [match[1], match[2]]),
  );
  const body = /-d '([^']+)'/.exec(curl)?.[1] ?? '';
  const answer = await fetch(address, { method: 'POST', headers, body });
  assert.equal(answer.status, 200, await answer.text());
  first.child.kill('SIGTERM');
  assert.equal((await first.ended).code, 0);

  const second = await serve();
  assert.equal(second.key, null);
  assert.doesNotMatch(second.out, /sk-[a-z0-9]{20}/);
  const credits = await fetch(`${second.url}/v1/credits`, {
    headers: { authorization: `Bearer ${first.key}` },
  });
  assert.equal(credits.status, 200);
  // As a terminal and npm together deliver one Ctrl-C.
  second.child.kill('SIGINT');
  second.child.kill('SIGINT');
  const end = await second.ended;
  assert.equal(end.code, 0, end.err);
  assert.match(end.err, /Stopping: .*\nStopped\./);
});

test('every problem of a configuration is listed with its line, and nothing is started', async () => {
  await writeFile(
    join(folder, 'sluice.config.yaml'),
    'server:\n  port: 99999999\n  hots: 127.0.0.1\nlog:\n  level: chatty\n',
  );
  const { code, out, err } = await runCli(['serve'], {}, folder);
  assert.equal(code, 1);
  assert.equal(out, '');
  assert.match(err, /has 3 problems/);
  for (const place of ['line 2  server.port', 'line 3  server.hots', 'line 5  log.level'])
    assert.ok(err.includes(place), err);
});

test('a taken port is named with two ways out', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await new Promise((listening) => other.once('listening', listening));
  const address = other.address();
  assert.ok(address !== null && typeof address === 'object');
  try {
    const { code, err } = await runCli(['serve', '--port', String(address.port)], {}, folder);
    assert.equal(code, 1);
    assert.match(err, new RegExp(`Port ${address.port} is taken.*\\n.*--port ${address.port + 1}`));
    assert.doesNotMatch(err, /\n\s+at /);
  } finally {
    other.close();
  }
});

test('keys are listed, made and disabled in the store, and refused while a gateway has it open', async () => {
  const run = (...args: string[]) => runCli(['keys', ...args], {}, folder);
  const made = await run('create', 'for the mobile app');
  assert.match(made.out, /^sk-[a-z0-9]{40}\n$/, made.err);
  const listed = await run('list');
  assert.match(listed.out, /^key-\w+ {2}\d{4}-\d\d-\d\d {2}active {2}for the mobile app\n$/);

  const server = await serve();
  const secret = made.out.trim();
  const credits = () => fetch(`${server.url}/v1/credits`, { headers: { authorization: `Bearer ${secret}` } });
  assert.equal((await credits()).status, 200);
  const busy = await run('list');
  assert.equal(busy.code, 1);
  assert.match(busy.err, /another gateway has it open/);
  server.child.kill('SIGTERM');
  await server.ended;

  const id = listed.out.split(' ')[0] ?? '';
  assert.equal((await run('disable', id)).out, `${id} is disabled.\n`);
  assert.match((await run('list')).out, /disabled since/);
  assert.equal((await run('disable', 'key-nobody')).code, 1);
});

test('each account has keys of its own', async () => {
  await writeFile(
    join(folder, 'sluice.config.yaml'),
    'accounts: { shop: { credits: 5 }, studio: { credits: 5 } }\n',
  );
  const run = (...args: string[]) => runCli(['keys', ...args], {}, folder);
  assert.match((await run('create', '--account', 'studio', 'for the studio')).out, /^sk-/);
  assert.equal((await run('list')).out, '');
  const [id = ''] = (await run('list', '--account', 'studio')).out.split(' ');
  assert.equal((await run('disable', id)).out, `${id} is disabled.\n`);
  const unknown = await run('create', '--account', 'nobody');
  assert.equal(unknown.code, 1);
  assert.match(unknown.err, /no account "nobody".*shop, studio/);
});

test('an account is given more credits in the store, and a gateway that starts on it has them', async () => {
  const run = (...args: string[]) => runCli(['accounts', ...args], {}, folder);
  assert.equal((await run('list')).out, 'default  10000 credits left, 0 reserved, 0 used\n');
  assert.equal((await run('grant', 'default', '2.5')).out, 'default has 10002.5 credits left.\n');
  const unknown = await run('grant', 'nobody', '5');
  assert.equal(unknown.code, 1);
  assert.match(unknown.err, /no account "nobody"/);
  for (const odd of ['0', '1e3', '1.2345', 'many']) {
    assert.match((await run('grant', 'default', odd)).err, /number above 0/);
  }

  const server = await serve();
  const credits = await fetch(`${server.url}/v1/credits`, {
    headers: { authorization: `Bearer ${server.key}` },
  });
  assert.match(await credits.text(), /"user":\{"remaining_credits":10002\.5,/);
});
