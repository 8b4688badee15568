/** The set-up against a make-believe npm that writes down how it was called: what a newcomer meets, without the network. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';

/** `NODE` is replaced by a way to run this very Node.js, as the npm package would install it. */
const NPM_THAT_WORKS = `#!/bin/sh
echo "$@" >> calls
mkdir -p node_modules/node/bin
printf '#!/bin/sh\\nexec NODE "$@"\\n' > node_modules/node/bin/node
chmod +x node_modules/node/bin/node
`;

let root = '';
beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'sluice-setup-test-')));
  await mkdir(join(root, 'scripts'));
  await mkdir(join(root, 'bin'));
  await copyFile(join(import.meta.dirname, 'setup.mjs'), join(root, 'scripts/setup.mjs'));
  await writeFile(join(root, 'package-lock.json'), '{"packages":{}}');
  await writeFile(
    join(root, 'program.ts'),
    'console.log(JSON.stringify(process.argv.slice(2))); process.exitCode = 7;',
  );
  await npmIs(NPM_THAT_WORKS);
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function npmIs(script: string): Promise<void> {
  await writeFile(join(root, 'bin/npm'), script.replace('NODE', process.execPath));
  await chmod(join(root, 'bin/npm'), 0o755);
}

function start(...args: string[]): ChildProcess {
  return spawn(process.execPath, [join(root, 'scripts/setup.mjs'), ...args], {
    cwd: root,
    env: { PATH: `${join(root, 'node_modules/.bin')}:${join(root, 'bin')}:/usr/bin:/bin`, TMPDIR: root },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function finish(child: ChildProcess) {
  let out = '';
  let err = '';
  child.stdout?.on('data', (chunk) => (out += chunk));
  child.stderr?.on('data', (chunk) => (err += chunk));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, out, err };
}

const run = (...args: string[]) => finish(start(...args));
const calls = async () => (await readFile(join(root, 'calls'), 'utf8')).trim().split('\n').filter(Boolean);

test('the first time it installs, says so, and runs the program with its arguments and exit code', async () => {
  const first = await run('--then', 'program.ts', 'a', 'b c');
  assert.equal(first.code, 7, first.err);
  assert.equal(first.out, '["a","b c"]\n');
  assert.match(first.err, /only the first time: installing .* \(npm ci\)\.\nSet-up done in \d+ s\./);
  assert.match((await calls())[0] ?? '', /^ci /);
});

test('the second time it says nothing and does not call npm', async () => {
  await run();
  const second = await run('--then', 'program.ts');
  assert.deepEqual(second, { code: 7, out: '[]\n', err: '' });
  assert.equal((await calls()).length, 1);
});

test('a changed package-lock.json means a new installation', async () => {
  await run();
  await writeFile(join(root, 'package-lock.json'), '{"packages":{"node_modules/a":{"version":"1.0.0"}}}');
  const again = await run();
  assert.match(again.err, /package-lock\.json has changed/);
  assert.equal((await calls()).length, 2);
});

test('what `npm install` by hand has put there already is taken as it is', async () => {
  const packages = {
    '': {},
    'node_modules/a': { version: '1.0.0' },
    'node_modules/b': { version: '1.0.0', optional: true },
  };
  await writeFile(join(root, 'package-lock.json'), JSON.stringify({ packages }));
  await mkdir(join(root, 'node_modules'));
  await writeFile(
    join(root, 'node_modules/.package-lock.json'),
    '{"packages":{"node_modules/a":{"version":"1.0.0"}}}',
  );
  const { code, err } = await run();
  assert.deepEqual({ code, err }, { code: 0, err: '' });
  await assert.rejects(calls(), { code: 'ENOENT' });
});

test('two at once install once', async () => {
  await npmIs(`${NPM_THAT_WORKS}\nsleep 0.4\n`);
  const both = await Promise.all([run('--then', 'program.ts'), run('--then', 'program.ts')]);
  assert.deepEqual(
    both.map(({ code }) => code),
    [7, 7],
  );
  assert.equal((await calls()).length, 1);
  assert.equal(both.filter(({ err }) => err.includes('already running')).length, 1);
});

test('the lock of a set-up that was killed is taken over', async () => {
  await npmIs('#!/bin/sh\ntouch began\nexec sleep 5\n');
  const killed = start();
  while (!(await exists('began'))) await new Promise((next) => setImmediate(next));
  killed.kill('SIGKILL');
  await finish(killed);
  await npmIs(NPM_THAT_WORKS);
  assert.equal((await run()).code, 0);
});

for (const [what, says, remedy] of [
  ['the registry cannot be reached', 'npm error code ENOTFOUND', /registry could not be reached/],
  ['the two package files disagree', 'npm error code EUSAGE', /do not agree/],
  ['the disk is full', 'npm error code ENOSPC', /disk is full/],
  ['npm fails in a way of its own', 'npm error: the moon', /Run `npm ci` by hand/],
] as const) {
  test(`when ${what}, it shows npm's words and what to do`, async () => {
    await npmIs(`#!/bin/sh\necho "${says}" >&2\nexit 1\n`);
    const { code, out, err } = await run('--then', 'program.ts');
    assert.equal(code, 1);
    assert.equal(out, '', 'the program must not run');
    assert.ok(err.includes(says));
    assert.match(err, remedy);
  });
}

test('without npm it says where npm comes from', async () => {
  await rm(join(root, 'bin/npm'));
  const child = spawn(process.execPath, [join(root, 'scripts/setup.mjs')], {
    env: { PATH: join(root, 'bin'), TMPDIR: root },
  });
  const { code, err } = await finish(child);
  assert.equal(code, 1);
  assert.match(err, /no `npm` on the PATH/);
});

test('an interrupted set-up says so and starts afresh the next time', async () => {
  await npmIs('#!/bin/sh\ntouch began\nexec sleep 5\n');
  const child = start('--then', 'program.ts');
  const end = finish(child);
  while (!(await exists('began'))) await new Promise((next) => setImmediate(next));
  child.kill('SIGINT');
  const { code, out, err } = await end;
  assert.equal(code, 130);
  assert.equal(out, '');
  assert.match(err, /interrupted/);
  await npmIs(NPM_THAT_WORKS);
  assert.equal((await run('--then', 'program.ts')).code, 7);
});

test('a signal is passed on to the program, whose end becomes the exit code', async () => {
  await writeFile(
    join(root, 'program.ts'),
    `process.on('SIGTERM', () => process.exit(42)); console.log('ready'); setInterval(() => {}, 1000);`,
  );
  const child = start('--then', 'program.ts');
  child.stdout?.once('data', () => child.kill('SIGTERM'));
  assert.equal((await finish(child)).code, 42);
});

async function exists(name: string): Promise<boolean> {
  return readFile(join(root, name)).then(
    () => true,
    () => false,
  );
}
