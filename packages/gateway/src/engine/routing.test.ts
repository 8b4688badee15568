import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ModelDefinition, Route } from '../catalog/model.ts';
import { ManualClock } from '../clock.ts';
import type { AttemptState, AttemptSummary, TaskRecord } from '../store/records.ts';
import { Breaker } from './breaker.ts';
import { model as modelOf, upstream } from './harness.ts';
import { Routing } from './routing.ts';

const ADAPTERS = new Map(['a', 'b', 'c'].map((name) => [name, upstream()]));

function setUp(changes: readonly Partial<Route>[], random: () => number = () => 0) {
  const plain = modelOf('m', ['a', 'b', 'c'].slice(0, changes.length));
  const routes = plain.routes.map((route, index) => ({ ...route, priority: 0, ...changes[index] }));
  const model: ModelDefinition = { ...plain, routes };
  const clock = new ManualClock();
  return { model, clock, routing: new Routing(new Map([['m', model]]), ADAPTERS, clock, random) };
}

const tried = (...routes: string[]): AttemptSummary[] =>
  routes.map((route, index) => ({ number: index + 1, route, state: 'failed', code: null, startedAt: 0 }));

const task = (id: string, route: string, state: AttemptState, step: TaskRecord['step'] = 'watch') =>
  ({ id, step, attempts: [{ number: 1, route, state, code: null, startedAt: 0 }] }) as unknown as TaskRecord;

function chosen({ routing, model }: ReturnType<typeof setUp>, attempts: AttemptSummary[] = []): string {
  const choice = routing.choose(model, attempts);
  return choice.kind === 'route' ? choice.choice.route.id : choice.kind;
}

test('priority goes before weight, an untried route before a tried one, the longest untried before the last', () => {
  const world = setUp([{ priority: 2 }, { priority: 1 }, { priority: 1, weight: 9 }], () => 0.99);
  assert.equal(chosen(world), 'm/2');
  assert.equal(chosen(world, tried('m/2')), 'm/1');
  assert.equal(chosen(world, tried('m/2', 'm/1')), 'm/0');
  assert.equal(chosen(world, tried('m/2', 'm/1', 'm/0')), 'm/2');
});

test('a route that cannot take the request is passed over for good, one that is full is waited for', () => {
  const world = setUp([{}, { priority: 1, maxParallel: 1 }]);
  const refused: AttemptSummary[] = [
    { number: 1, route: 'm/0', state: 'rejected', code: 'invalid_parameters', startedAt: 0 },
  ];
  assert.ok(world.routing.hasOther(world.model, tried('m/0')));
  assert.equal(chosen(world, refused), 'm/1');
  world.routing.note(task('t1', 'm/1', 'open'));
  assert.ok(world.routing.hasOther(world.model, tried('m/0')));
  assert.equal(chosen(world, refused), 'full');
  assert.ok(!world.routing.hasOther(world.model, [...refused, ...tried('m/1')]), 'none but the last is left');
  world.routing.setDrained('m/1', true);
  assert.ok(!world.routing.hasOther(world.model, tried('m/0')));
});

test('weights are shares', () => {
  let mark = 0;
  const world = setUp([{ weight: 3 }, { weight: 1 }], () => mark);
  const counts = { 'm/0': 0, 'm/1': 0 };
  for (let i = 0; i < 400; i++) {
    mark = i / 400;
    counts[chosen(world) as keyof typeof counts]++;
  }
  assert.deepEqual(counts, { 'm/0': 300, 'm/1': 100 });
});

test('a full route is passed over, and free again when its task is over', () => {
  const world = setUp([{ maxParallel: 1 }, { priority: 1, maxParallel: 1 }]);
  world.routing.note(task('t1', 'm/0', 'open'));
  assert.equal(chosen(world), 'm/1');
  world.routing.note(task('t2', 'm/1', 'accepted'));
  assert.equal(chosen(world), 'full');
  world.routing.note(task('t1', 'm/0', 'succeeded', 'done'));
  assert.equal(chosen(world), 'm/0');
});

test('routes that share a credential share its bound', () => {
  const world = setUp([
    { provider: 'a', providerMaxParallel: 1 },
    { provider: 'a', providerMaxParallel: 1 },
    { provider: 'c', priority: 1 },
  ]);
  world.routing.take('t1', 'm/0');
  assert.equal(chosen(world), 'm/2');
  world.routing.leave('t1');
  assert.equal(chosen(world), 'm/0');
});

test('the books of use agree with the tasks, whatever they go through', () => {
  const states: AttemptState[] = ['open', 'accepted', 'unknown', 'rejected', 'failed', 'succeeded'];
  const step = fc.record({
    id: fc.nat(5),
    route: fc.nat(1),
    state: fc.constantFrom(...states),
    done: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const { routing } = setUp([{}, {}]);
      const latest = new Map<number, (typeof steps)[number]>();
      for (const one of steps) {
        latest.set(one.id, one);
        routing.note(task(`t${one.id}`, `m/${one.route}`, one.state, one.done ? 'done' : 'watch'));
      }
      const inUse = [...latest.values()].filter(
        (one) => !one.done && ['open', 'accepted', 'unknown'].includes(one.state),
      );
      for (const report of routing.report()) {
        assert.equal(report.inUse, inUse.filter((one) => `m/${one.route}` === report.route.id).length);
      }
    }),
  );
});

test('failures open a route, it cools down, one attempt probes it, and a success closes it', async () => {
  const world = setUp([{}, { priority: 1 }]);
  for (let i = 0; i < 5; i++) world.routing.failed('m/0', true, null);
  assert.equal(chosen(world), 'm/1');
  await world.clock.advance(15_000);
  assert.equal(chosen(world), 'm/0', 'half-open: one attempt may try it');
  world.routing.note(task('probe', 'm/0', 'open'));
  assert.equal(chosen(world), 'm/1', 'only one');
  world.routing.succeeded('m/0');
  world.routing.note(task('probe', 'm/0', 'succeeded', 'done'));
  assert.equal(chosen(world), 'm/0');
});

test('what is not the route’s fault never opens it', () => {
  const world = setUp([{}]);
  for (let i = 0; i < 500; i++) world.routing.failed('m/0', false, null);
  assert.equal(chosen(world), 'm/0');
});

test('all routes cooling down is told with the time until the first is back', () => {
  const world = setUp([{}, {}]);
  for (const route of ['m/0', 'm/1']) for (let i = 0; i < 5; i++) world.routing.failed(route, true, 60_000);
  assert.deepEqual(world.routing.choose(world.model, []), { kind: 'cooling', afterMs: 60_000 });
});

test('a drained route gets nothing until it is undrained', () => {
  const world = setUp([{}]);
  assert.ok(world.routing.setDrained('m/0', true));
  assert.equal(chosen(world), 'none');
  world.routing.setDrained('m/0', false);
  assert.equal(chosen(world), 'm/0');
  assert.ok(!world.routing.setDrained('m/9', true));
});

test('a breaker that fails its probe cools down twice as long; a success in between forgets', () => {
  const breaker = new Breaker();
  for (let i = 0; i < 5; i++) breaker.failed(0, null);
  assert.deepEqual(breaker.health(0), { state: 'open', until: 15_000 });
  breaker.failed(15_000, null);
  assert.deepEqual(breaker.health(15_000), { state: 'open', until: 45_000 });
  breaker.succeeded(45_000);
  assert.deepEqual(breaker.health(45_000), { state: 'closed' });
});

test('a few failures among many successes leave a route in use', () => {
  const breaker = new Breaker();
  for (let i = 0; i < 20; i++) breaker.succeeded(i);
  for (let i = 0; i < 6; i++) breaker.failed(100 + i, null);
  assert.equal(breaker.health(200).state, 'closed');
});
