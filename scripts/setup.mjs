// The set-up that every npm script goes through: `node scripts/setup.mjs [--quiet] [--then FILE args...]`.
//
// 1. Nothing to do when node_modules is what package-lock.json asks for (a stamp in node_modules says so: a few milliseconds).
// 2. Otherwise `npm ci`, once, even where two commands start at the same time.
// 3. Finds Node.js 24: the npm package `node` brings it, so that a machine with an older one can run everything.
// 4. `--then FILE args...` runs FILE on it, passing signals down and the exit code up.
//
// Plain JavaScript without dependencies: it must run on Node.js 20 and before anything is installed.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, realpathSync, unlinkSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Bytes. glibc keeps blocks of up to 32 MB that were freed, in each thread's own heap: after a few large pictures that was 700 MB
 * more than were in use. From this size on blocks go back to the system at once. glibc reads it when a process starts, others ignore it.
 */
const GIVEN_BACK_FROM = '1048576';

const REQUIRED_MAJOR = 24;
const root = dirname(dirname(realpathSync(fileURLToPath(import.meta.url))));
const modules = join(root, 'node_modules');
const stampFile = join(modules, '.sluice-setup.json');
const say = (text) => process.stderr.write(`${text}\n`);
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const args = process.argv.slice(2);
const quiet = args[0] === '--quiet';
if (quiet) args.shift();
const program = args[0] === '--then' ? args.slice(1) : null;

const lockHash = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex');
const node = readStamp() ?? (await setUp());
if (node === null) process.exit(process.exitCode ?? 1);
if (program) process.exit(await run(node, program));

/** The Node.js of an earlier set-up, or null where that set-up is not the one package-lock.json asks for. */
function readStamp() {
  const stamp = readJson(stampFile);
  return stamp?.lock === lockHash && existsSync(stamp.node) ? stamp.node : null;
}

async function setUp() {
  const unlock = await lock();
  try {
    const done = readStamp();
    if (done) return done;
    if (!installedByHand() && !(await install())) return null;
    const found = findNode();
    if (found) writeFileSync(stampFile, JSON.stringify({ lock: lockHash, node: found }));
    return found;
  } finally {
    unlock();
  }
}

/** True where somebody has run `npm install` or `npm ci` already: npm's own record of node_modules agrees with package-lock.json. */
function installedByHand() {
  const installed = readJson(join(modules, '.package-lock.json'))?.packages;
  const wanted = readJson(join(root, 'package-lock.json'))?.packages;
  if (!installed || !wanted) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.startsWith('node_modules/') || entry.link) return true;
    const present = installed[path];
    return present
      ? present.version === entry.version && present.integrity === entry.integrity
      : entry.optional === true;
  });
}

async function install() {
  const began = Date.now();
  const seconds = () => Math.round((Date.now() - began) / 1000);
  say(
    existsSync(modules)
      ? 'Set-up: package-lock.json has changed, so the libraries are installed anew (npm ci).'
      : `Set-up, only the first time: installing the libraries and Node.js ${REQUIRED_MAJOR} into ./node_modules (npm ci).`,
  );

  const signals = hearSignals();
  // npm's chatter is kept back and shown only when something goes wrong.
  const npm = spawn('npm', ['ci', '--loglevel=error', '--no-audit', '--no-fund', '--no-progress'], {
    cwd: root,
    env: environmentForNpm(),
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  });
  let output = '';
  for (const stream of [npm.stdout, npm.stderr]) stream.on('data', (chunk) => (output += chunk));
  const ticker = setInterval(
    () => !quiet && process.stderr.isTTY && process.stderr.write(`\r  ${seconds()} s `),
    1000,
  );
  const end = await signals.passUntilEnd(npm);
  clearInterval(ticker);
  if (process.stderr.isTTY) process.stderr.write('\r');

  if (end.code === 0) {
    say(`Set-up done in ${seconds()} s.\n`);
    return true;
  }
  if (end.interrupted) say('Set-up was interrupted. Run the same command again: it starts afresh.');
  else explainFailure(end, output);
  process.exitCode = end.interrupted ? 130 : 1;
  return false;
}

/** npm replaces node_modules, so it must not run on the Node.js that lies in there. */
function environmentForNpm() {
  const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== join(modules, '.bin'));
  return { ...process.env, PATH: path.join(delimiter) };
}

function explainFailure(end, output) {
  // npm names the cause first and goes on with its manual.
  const lines = output.split('\n').filter((line) => line.trim() !== '' && line.trim() !== 'npm error');
  say(lines.slice(0, 12).join('\n'));
  say('');
  if (end.missing) {
    say('Set-up failed: there is no `npm` on the PATH. It comes with Node.js: https://nodejs.org');
  } else if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ECONNRESET|ENETUNREACH|network/i.test(output)) {
    say(
      'Set-up failed: the package registry could not be reached. The first set-up needs the internet (or a registry',
    );
    say(
      'mirror: `npm config set registry URL`). Check the connection or proxy, then run the same command again.',
    );
  } else if (/EUSAGE/.test(output)) {
    say(
      'Set-up failed: package.json and package-lock.json do not agree. If you edited package.json, run `npm install`;',
    );
    say('otherwise `git checkout package.json package-lock.json`, then run the same command again.');
  } else if (/ENOSPC/.test(output)) {
    say('Set-up failed: the disk is full (about 500 MB are needed).');
  } else if (/EACCES|EPERM/.test(output)) {
    say(
      `Set-up failed: this user may not write to ${modules}. Was it made by another user, or with sudo? Remove it and`,
    );
    say('run the same command again.');
  } else {
    say(
      'Set-up failed: `npm ci` did not succeed (how it began is above). Run `npm ci` by hand to see all of it.',
    );
  }
}

/** The Node.js that runs Sluice: the one from npm, else the one that runs this file, where it is new enough. */
function findNode() {
  const bundled = join(modules, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (majorOf(bundled) === REQUIRED_MAJOR) return bundled;
  if (Number(process.versions.node.split('.')[0]) >= REQUIRED_MAJOR) return process.execPath;

  say(`Sluice runs on Node.js ${REQUIRED_MAJOR}; this machine has ${process.version}.`);
  if (existsSync(bundled)) {
    say('The one that npm installed does not run here (another operating system or processor?).');
  } else {
    say(
      'npm would have brought it along, but install scripts are switched off here. Allow this one, once, with',
    );
    say('');
    say('  npm rebuild node --ignore-scripts=false');
    say('');
  }
  say(`Or install Node.js ${REQUIRED_MAJOR} from https://nodejs.org and run the same command again.`);
  return null;
}

function majorOf(file) {
  const answer = spawnSync(file, ['--version'], { encoding: 'utf8' });
  return answer.status === 0 ? Number(/^v(\d+)/.exec(answer.stdout)?.[1]) : null;
}

/** One set-up at a time for one folder. A lock whose process is gone is taken over. */
async function lock() {
  const id = createHash('sha256').update(root).digest('hex').slice(0, 16);
  const folder = join(tmpdir(), `sluice-setup-${process.getuid?.() ?? 'user'}`);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, id);
  const mine = String(process.pid);
  let told = false;
  for (;;) {
    try {
      writeFileSync(file, mine, { flag: 'wx' });
      // Long enough for one that judged the former lock dead at the same moment to have replaced ours.
      if (told) await sleep(50);
      if (readText(file) === mine) return () => removeIfPresent(file);
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const holder = Number(readText(file));
    if (holder && !isAlive(holder)) removeIfPresent(file);
    else if (!told) say(`Set-up is already running (process ${holder}); waiting for it.`);
    told = true;
    await sleep(100);
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Runs the program as if it had been called itself. Node's notes about its own experimental parts are of no use to a user. */
async function run(executable, [file, ...rest]) {
  const signals = hearSignals();
  const child = spawn(executable, ['--disable-warning=ExperimentalWarning', join(root, file), ...rest], {
    stdio: 'inherit',
    env: { ...process.env, MALLOC_MMAP_THRESHOLD_: process.env.MALLOC_MMAP_THRESHOLD_ ?? GIVEN_BACK_FROM },
  });
  const end = await signals.passUntilEnd(child);
  return end.code ?? 128 + (constants.signals[end.signal] ?? 0);
}

/**
 * A terminal's Ctrl-C reaches the child by itself; a signal sent to this process alone must be passed on. Called before the child
 * is started: what comes meanwhile is heard in a later turn, when there is somebody to pass it on to.
 */
function hearSignals() {
  let child = null;
  let interrupted = false;
  const pass = (signal) => {
    interrupted = true;
    child.kill(signal);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, pass);
  return {
    async passUntilEnd(started) {
      child = started;
      const end = await new Promise((resolve) => {
        child.once('error', (error) => resolve({ code: 1, signal: null, missing: error.code === 'ENOENT' }));
        // After a signal nobody waits for what the child's own children may still say.
        child.once('exit', (code, signal) => interrupted && resolve({ code, signal, missing: false }));
        child.once('close', (code, signal) => resolve({ code, signal, missing: false }));
      });
      for (const signal of signals) process.off(signal, pass);
      return { ...end, interrupted };
    },
  };
}

function readText(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

function removeIfPresent(file) {
  try {
    unlinkSync(file);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
}
