import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TaskError } from '@sluice/errors';
import { SluiceOperator } from './operator.ts';
import { type Reply, startFakeGateway } from './testing/fake-gateway.ts';

const refusal = (error: TaskError): Reply => ({ status: error.status, json: { error: error.toJSON() } });

test('every call goes to its address with the operator key', async () => {
  await using gateway = await startFakeGateway(() => ({ json: { data: [], route: 'clip/0' } }));
  const operator = new SluiceOperator({ baseUrl: gateway.url, operatorKey: 'op-test' });
  await operator.task('task-unified-1-a/b');
  await operator.unknowns(5);
  assert.deepEqual(await operator.routes(), []);
  assert.equal((await operator.setDrained('clip/0', true)).route, 'clip/0');
  assert.deepEqual(await operator.decisions(7), []);
  await operator.decision('mod_a/b');
  await operator.overrule('mod_1');
  await operator.overrule('mod_1', 'key-2');
  await operator.undoOverrule('mod_1');
  await operator.undoOverrule('mod_1', 'key 2');
  assert.deepEqual(
    gateway.requests.map(({ method, path, body }) => [method, path, body ?? null]),
    [
      ['GET', '/operator/v1/tasks/task-unified-1-a%2Fb', null],
      ['GET', '/operator/v1/unknowns?limit=5', null],
      ['GET', '/operator/v1/routes', null],
      ['POST', '/operator/v1/routes', { route: 'clip/0', drained: true }],
      ['GET', '/operator/v1/decisions?limit=7', null],
      ['GET', '/operator/v1/decisions/mod_a%2Fb', null],
      ['POST', '/operator/v1/decisions/mod_1/overrule', {}],
      ['POST', '/operator/v1/decisions/mod_1/overrule', { key_id: 'key-2' }],
      ['DELETE', '/operator/v1/decisions/mod_1/overrule', null],
      ['DELETE', '/operator/v1/decisions/mod_1/overrule?key_id=key+2', null],
    ],
  );
  for (const { headers } of gateway.requests) assert.equal(headers.authorization, 'Bearer op-test');
});

test('the silence of a gateway that does not know the key is told as that; a missing task as a missing task', async () => {
  let answer = new TaskError('resource_not_found', { because: 'There is no call GET /operator/v1/routes.' });
  await using gateway = await startFakeGateway(() => refusal(answer));
  const operator = new SluiceOperator({ baseUrl: gateway.url, operatorKey: 'op-wrong', retries: 0 });
  await assert.rejects(operator.routes(), { code: 'unauthorized', subtype: 'invalid_key' });
  answer = new TaskError('resource_not_found', { param: 'id' });
  await assert.rejects(operator.task('x'), { code: 'resource_not_found', param: 'id' });
});
