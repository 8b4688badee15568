/**
 * Everything a machine can say about the code without running it: `npm run check`. All checks run, whatever the first ones found,
 * and the end is a list of those that failed with the command to repeat each alone.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const bin = (name: string) =>
  join(root, 'node_modules', '.bin', process.platform === 'win32' ? `${name}.cmd` : name);

interface Check {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** What to do about a failure. */
  readonly remedy: string;
}

const CHECKS: readonly Check[] = [
  {
    name: 'types',
    command: bin('tsc'),
    args: ['--project', root, '--noEmit'],
    remedy: 'npx tsc --noEmit shows them again',
  },
  {
    name: 'format and lint',
    command: bin('biome'),
    args: ['check', '--error-on-warnings', root],
    remedy: 'npm run format repairs most of them',
  },
  {
    name: 'import arrows',
    command: process.execPath,
    args: [join(root, 'scripts/check-imports.ts')],
    remedy: 'CONTRIBUTING.md says which room may know which',
  },
  {
    name: 'generated docs',
    command: process.execPath,
    args: ['--disable-warning=ExperimentalWarning', join(root, 'scripts/gen-docs.ts'), '--check'],
    remedy: 'npm run docs writes them anew',
  },
];

function run({ command, args }: Check): Promise<{ readonly ok: boolean; readonly output: string }> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, shell: command.endsWith('.cmd') });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    child.once('error', (error) => resolve({ ok: false, output: error.message }));
    child.once('close', (code) => resolve({ ok: code === 0, output }));
  });
}

const failed: Check[] = [];
for (const check of CHECKS) {
  const began = performance.now();
  const { ok, output } = await run(check);
  console.log(`${ok ? 'ok  ' : 'FAIL'} ${check.name} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
  if (ok) continue;
  failed.push(check);
  console.log(`\n${output.trim()}\n`);
}

if (failed.length > 0) {
  console.log(`\n${failed.length} of ${CHECKS.length} checks failed:`);
  for (const { name, remedy } of failed) console.log(`  ${name}: ${remedy}`);
  process.exit(1);
}
console.log(`All ${CHECKS.length} checks passed.`);
