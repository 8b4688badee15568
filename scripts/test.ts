/**
 * Runs every `*.test.ts` of the packages, the scripts, the examples and e2e: `npm test`, or `npm test -- PATTERN ...` for those
 * whose path contains one of the patterns.
 */
import { spawn } from 'node:child_process';
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const patterns = process.argv.slice(2);

const all = globSync(
  ['packages/**/*.test.ts', 'scripts/**/*.test.ts', 'examples/**/*.test.ts', 'e2e/**/*.test.ts'],
  {
    cwd: root,
    exclude: ['**/node_modules/**'],
  },
).sort();
const files =
  patterns.length === 0 ? all : all.filter((file) => patterns.some((pattern) => file.includes(pattern)));

if (files.length === 0) {
  console.error(
    `No test file's path contains ${patterns.map((pattern) => `"${pattern}"`).join(' or ')}. There are:\n`,
  );
  console.error(all.map((file) => `  ${file}`).join('\n'));
  process.exit(1);
}

// Tests start servers and render media: more files at once than processors would make the timings of all of them worse.
const atOnce = Math.min(4, Math.max(1, availableParallelism()));
console.log(`${files.length} test files, ${atOnce} at a time, on Node.js ${process.version}`);

const runner = spawn(
  process.execPath,
  [
    '--disable-warning=ExperimentalWarning',
    '--import',
    new URL('./property-seed.ts', import.meta.url).href,
    '--test',
    `--test-concurrency=${atOnce}`,
    // A test that hangs is a failure with a name, not a build that never ends.
    '--test-timeout=120000',
    '--test-reporter=spec',
    ...files,
  ],
  { cwd: root, stdio: 'inherit' },
);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => runner.kill(signal));
runner.on('close', (code) => process.exit(code ?? 1));
