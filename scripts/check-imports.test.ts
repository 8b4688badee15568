import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { checkImports, importsOf } from './check-imports.ts';

/** What the check says about a tree of these files. */
async function complaintsAbout(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const root = await mkdtemp(join(tmpdir(), 'sluice-arrows-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
    }
    return checkImports(root).map(({ file, message }) => `${file}: ${message}`);
  } finally {
    await rm(root, { recursive: true });
  }
}

const GATEWAY = 'packages/gateway/src';

const WRONG: readonly (readonly [string, string, string, RegExp])[] = [
  [
    'engine knows http',
    `${GATEWAY}/engine/a.ts`,
    `import { b } from '../http/b.ts';`,
    /engine must not import http/,
  ],
  [
    'upstream knows the store',
    `${GATEWAY}/upstream/fal/a.ts`,
    `import type { S } from '../../store/store.ts';`,
    /upstream must not import store/,
  ],
  [
    'intake knows a store engine',
    `${GATEWAY}/intake/a.ts`,
    `import { o } from '../store/sqlite/store.ts';`,
    /known to gateway\.ts only/,
  ],
  [
    'a room depends on gateway.ts',
    `${GATEWAY}/http/a.ts`,
    `export { g } from '../gateway.ts';`,
    /sees every room/,
  ],
  [
    'observe reaches into the engine',
    `${GATEWAY}/observe/a.ts`,
    `import { e } from '../engine/engine.ts';`,
    /observe must not import engine\/engine\.ts/,
  ],
  [
    'production rests on what only tests use',
    `${GATEWAY}/http/a.ts`,
    `import { t } from './testing/t.ts';`,
    /for tests only/,
  ],
  [
    'a room nobody knows',
    `${GATEWAY}/utils/a.ts`,
    `import { x } from '../engine/x.ts';`,
    /does not know: utils/,
  ],
  [
    'fastify outside http',
    `${GATEWAY}/engine/a.ts`,
    `import fastify from 'fastify';`,
    /only http\/ knows the web framework/,
  ],
  [
    'undici outside net',
    `${GATEWAY}/media/a.ts`,
    `import { request } from 'undici';`,
    /connections are opened by net/,
  ],
  [
    'a node: import in the client',
    'packages/client/src/a.ts',
    `import { join } from 'node:path';`,
    /also runs in a browser/,
  ],
  [
    'the client knows the gateway',
    'packages/client/src/a.ts',
    `import '@sluice/gateway';`,
    /client must not import @sluice\/gateway/,
  ],
  [
    'a command starts a gateway',
    'packages/cli/src/list.ts',
    `import { g } from '@sluice/gateway';`,
    /only the commands that run a gateway/,
  ],
  ['errors imports anything', 'packages/errors/src/a.ts', `import Type from 'typebox';`, /imports nothing/],
  [
    'a back door',
    'packages/client/src/a.ts',
    `import { x } from '../../errors/src/x.ts';`,
    /reaches out of its package/,
  ],
  ['a deep import', 'packages/client/src/a.ts', `import { x } from '@sluice/errors/x';`, /front door/],
  ['a missing ending', 'packages/errors/src/a.ts', `import { x } from './b';`, /end in \.ts/],
  [
    'the environment in a leaf',
    `${GATEWAY}/engine/a.ts`,
    'const level = process.env.LEVEL;',
    /reads process\.env/,
  ],
  ['a long file', `${GATEWAY}/engine/a.ts`, '\n'.repeat(351), /has 351 lines/],
];
for (const [what, path, text, message] of WRONG) {
  test(`is refused: ${what}`, async () => {
    const complaints = await complaintsAbout({ [path]: text });
    assert.equal(complaints.length, 1, complaints.join('\n'));
    assert.match(complaints[0] ?? '', message);
  });
}

test('a circle of imports is told once, however long', async () => {
  const complaints = await complaintsAbout({
    [`${GATEWAY}/engine/a.ts`]: `import { b } from './b.ts';`,
    [`${GATEWAY}/engine/b.ts`]: `import { c } from './c.ts';`,
    [`${GATEWAY}/engine/c.ts`]: `import { b } from './b.ts';`,
  });
  assert.deepEqual(complaints, [
    `${GATEWAY}/engine/b.ts: imports itself in a circle: ${GATEWAY}/engine/b.ts -> ${GATEWAY}/engine/c.ts -> ${GATEWAY}/engine/b.ts`,
  ]);
});

test('what the design allows passes', async () => {
  const complaints = await complaintsAbout({
    [`${GATEWAY}/gateway.ts`]: `import { o } from './store/sqlite/store.ts';\nimport { a } from './http/app.ts';`,
    [`${GATEWAY}/http/app.ts`]: `import fastify from 'fastify';\nimport { i } from '../intake/intake.ts';`,
    [`${GATEWAY}/intake/intake.ts`]: `import type { S } from '../store/store.ts';\nimport { TaskError } from '@sluice/errors';`,
    [`${GATEWAY}/engine/events.ts`]: `import type { T } from '../store/records.ts';`,
    [`${GATEWAY}/observe/log.ts`]: `import type { E } from '../engine/events.ts';`,
    [`${GATEWAY}/net/a.ts`]: `import { request } from 'undici';`,
    [`${GATEWAY}/media/a.ts`]: `import type { B } from './b.ts';`,
    [`${GATEWAY}/media/b.ts`]: `import { a } from './a.ts';`,
    [`${GATEWAY}/config/a.ts`]: 'export const level = process.env.LEVEL;',
    [`${GATEWAY}/engine/a.test.ts`]: `import { o } from '../store/sqlite/store.ts';${'\n'.repeat(400)}`,
    'packages/cli/src/serve.ts': `import { g } from '@sluice/gateway';`,
  });
  assert.deepEqual(complaints, []);
});

test('finds every form of import and none in comments or texts', () => {
  const text = [
    `import a from 'one';`,
    `import type {\n  B,\n} from "two";`,
    `export * from './three.ts';`,
    `import 'four';`,
    `const late = await import('five');`,
    `// import x from 'not';`,
    `/* import y from 'not' */`,
    'const words = "import z from nothing";',
  ].join('\n');
  assert.deepEqual(
    importsOf(text).map(({ specifier, typeOnly }) => (typeOnly ? `type ${specifier}` : specifier)),
    ['one', 'type two', './three.ts', 'four', 'five'],
  );
});
