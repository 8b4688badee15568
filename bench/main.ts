/**
 * All measurements, one after the other, each in a process of its own: `npm run bench`, or `npm run bench -- submit told`.
 * README.md beside this file says what each measures and against what.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

interface Bench {
  readonly file: string;
  readonly flags?: readonly string[];
}

const BENCHES: Readonly<Record<string, Bench>> = {
  startup: { file: 'startup.ts' },
  'http-get': { file: 'http-get.ts' },
  submit: { file: 'submit.ts' },
  told: { file: 'told.ts' },
  inflight: { file: 'inflight.ts', flags: ['--expose-gc'] },
  store: { file: 'store.ts' },
  classify: { file: 'classify.ts' },
  media: { file: 'media.ts' },
  hostile: { file: 'hostile.ts' },
};

const names = process.argv.slice(2);
const unknown = names.filter((name) => !(name in BENCHES));
if (unknown.length > 0) {
  console.error(
    `No benchmark is called ${unknown.join(', ')}. There are: ${Object.keys(BENCHES).join(', ')}.`,
  );
  process.exit(2);
}

let failed = 0;
for (const [name, bench] of Object.entries(BENCHES)) {
  if (names.length > 0 && !names.includes(name)) continue;
  console.log(`\n${name}`);
  if ((await run(bench)) !== 0) failed++;
}
process.exitCode = failed === 0 ? 0 : 1;

function run({ file, flags = [] }: Bench): Promise<number | null> {
  const path = fileURLToPath(new URL(file, import.meta.url));
  return new Promise((resolve) => {
    spawn(process.execPath, [...flags, path], { stdio: 'inherit' }).once('exit', resolve);
  });
}
