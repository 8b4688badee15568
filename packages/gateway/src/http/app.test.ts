import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { HOOK_PATH, OPERATOR_ROUTES, ROUTES } from '@sluice/protocol';
import { auth, openTrial, type Trial } from './trial.ts';

let trial: Trial;
before(async () => {
  trial = await openTrial();
  await trial.app.ready();
});
after(() => trial.close());

test('every route of the two tables is registered, and the door of the providers, and nothing else is', () => {
  const printed = trial.app.printRoutes({ commonPrefix: false });
  const registered: string[] = [];
  const stack: string[] = [];
  for (const line of printed.split('\n')) {
    const match = /^([│ ]*)[├└]── (.*?)(?: \((.*)\))?$/.exec(line);
    if (!match) continue;
    const [, indent = '', part = '', methods] = match;
    stack.length = indent.length / 4;
    stack.push(part);
    for (const method of methods?.split(', ') ?? [])
      if (method !== 'HEAD') registered.push(`${method} ${stack.join('')}`);
  }
  const rows = [...ROUTES, ...OPERATOR_ROUTES, { method: 'POST', path: HOOK_PATH }];
  const table = rows.map((row) => `${row.method} ${row.path.replaceAll(/\{(\w+)\}/g, ':$1')}`);
  assert.deepEqual(registered.toSorted(), table.toSorted());
});

test('every route that needs a key is closed without one, and open routes are open', async () => {
  for (const row of ROUTES) {
    const url = row.path.replaceAll(/\{\w+\}/g, 'x');
    const { statusCode, headers } = await trial.app.inject({ method: row.method, url });
    assert.equal(statusCode === 401, row.auth === 'key', `${row.id}: ${statusCode}`);
    assert.match(String(headers['x-request-id']), /^req_/);
  }
});

test('every code that a call was refused with is declared in its row', async () => {
  const task = await trial.complete(await trial.start(await trial.admit()));
  const never = 'task-unified-1-aaaaaaaaaaaa';
  const bad: Record<string, { url?: string; payload?: string; type?: string; headers?: object }[]> = {
    submitImage: [
      { payload: '{' },
      { payload: '{}' },
      { payload: '{"model":"nope"}' },
      { payload: 'x', type: 'text/plain' },
      { payload: `"${'x'.repeat(100_001)}"` },
      { payload: '{"model":"studio-image-1","prompt":"a","wat":1}' },
    ],
    preflight: [
      { payload: '{' },
      { payload: 'x', type: 'text/plain' },
      { payload: `"${'x'.repeat(100_001)}"` },
    ],
    getTask: [{ url: '/v1/tasks/x' }, { url: `/v1/tasks/${never}` }, { url: `/v1/tasks/${never}?wait=99` }],
    listTasks: [{ url: '/v1/tasks?page=0' }, { url: '/v1/tasks?pagesize=3' }],
    batchTasks: [
      { payload: '{}' },
      { payload: '[]' },
      { payload: '{"task_ids":[]}' },
      { payload: `"${'x'.repeat(100_001)}"` },
    ],
    cancelTask: [
      { url: `/v1/tasks/${task.id}/cancel` },
      { url: `/v1/tasks/${never}/cancel` },
      { url: '/v1/tasks/x/cancel' },
    ],
    taskEvents: [{ url: '/v1/tasks/x/events' }, { url: `/v1/tasks/${never}/events` }],
    getResult: [{ url: '/r/x/y' }, { url: `/r/${task.id}/y.mp4?e=1&s=x` }],
    getModel: [{ url: '/v1/models/nope' }],
    getError: [{ url: '/v1/errors/nope' }],
  };
  for (const row of ROUTES) {
    for (const { url = row.path, payload, type = 'application/json' } of bad[row.id] ?? []) {
      const answer = await trial.app.inject({
        method: row.method,
        url,
        headers: { ...auth, ...(payload === undefined ? {} : { 'content-type': type }) },
        ...(payload === undefined ? {} : { payload }),
      });
      assert.ok(answer.statusCode >= 400, `${row.id} ${url} ${payload?.slice(0, 40)}: ${answer.statusCode}`);
      const { error } = answer.json();
      const declared: readonly string[] = row.errors;
      assert.ok(declared.includes(error.code), `${row.id} gave ${error.code}`);
      assert.match(error.message, /\n.*\n/s);
      assert.match(error.docs_url, /^http:\/\/gateway\.test\/docs\/errors#/);
      assert.equal(error.request_id, answer.headers['x-request-id']);
    }
  }
});
