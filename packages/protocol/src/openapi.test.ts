import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { openApi } from './openapi.ts';
import { methodsAt } from './paths.ts';
import { renderApiPage } from './reference.ts';
import { ROUTES, type RouteRow } from './routes.ts';

const rows: readonly RouteRow[] = ROUTES;
const document = openApi({ serverUrl: 'http://gateway.test', version: '1.2.3' });

/** Every value under `key`, at any depth. */
function everywhere(value: unknown, key: string): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [
    ...(name === key ? [inner] : []),
    ...everywhere(inner, key),
  ]);
}

function at(path: string): unknown {
  return path
    .split('/')
    .slice(1)
    .reduce<unknown>((value, part) => Reflect.get(Object(value), part), document);
}

test('every route of the table is an operation, and nothing else is', () => {
  assert.equal(document.openapi, '3.1.0');
  const operations = Object.entries(Object(document.paths)).flatMap(([path, item]) =>
    Object.keys(Object(item)).map((method) => `${method.toUpperCase()} ${path}`),
  );
  assert.deepEqual(operations.toSorted(), rows.map((row) => `${row.method} ${row.path}`).toSorted());
  const ids = everywhere(document.paths, 'operationId');
  assert.equal(new Set(ids).size, rows.length);
});

test('every reference leads somewhere', () => {
  const references = everywhere(document, '$ref').map(String);
  assert.ok(references.length > 20);
  for (const reference of references) {
    assert.match(reference, /^#\/components\//);
    assert.notEqual(at(reference.slice(1)), undefined, reference);
  }
});

test('every schema compiles as JSON Schema 2020-12', () => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema({ $id: 'doc', ...document });
  for (const name of Object.keys(Object(Object(document.components).schemas))) {
    assert.ok(ajv.compile({ $ref: `doc#/components/schemas/${name}` }), name);
  }
});

test('every part of a path that varies is a parameter, and every operation says how it is refused', () => {
  for (const row of rows) {
    const operation = Object(at(`/paths`))[row.path][row.method.toLowerCase()];
    const declared = (operation.parameters ?? []).filter((one: { in: string }) => one.in === 'path');
    const wanted = [...row.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
    assert.deepEqual(declared.map((one: { name: string }) => one.name).toSorted(), wanted.toSorted(), row.id);
    assert.ok(operation.responses['500'], row.id);
    assert.equal(operation.responses['401'] !== undefined, row.auth === 'key', row.id);
  }
});

test('a path knows its methods; another path has none', () => {
  assert.deepEqual(methodsAt('/v1/tasks/batch'), ['GET', 'HEAD', 'POST']);
  assert.deepEqual(methodsAt('/v1/tasks/x/cancel'), ['POST']);
  assert.deepEqual(methodsAt('/openapiXjson'), []);
  assert.deepEqual(methodsAt('/v1/tasks/x/y/z'), []);
});

test('the page names every call and every code it can be refused with', () => {
  const page = renderApiPage();
  for (const row of rows) {
    const from = page.indexOf(`### \`${row.method} ${row.path}\``);
    assert.ok(from > 0, row.id);
    const section = page.slice(
      from,
      page.indexOf('\n#', from + 3) > 0 ? page.indexOf('\n#', from + 3) : undefined,
    );
    for (const code of row.errors) assert.ok(section.includes(`errors.md#${code}`), `${row.id} ${code}`);
  }
});
