import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { TaskError } from '@sluice/errors';
import type { TaskRecord } from '../store/records.ts';
import type { SubmitOutcome, UpstreamAdapter } from '../upstream/adapter.ts';
import { refuseUnsupported } from '../upstream/unsupported.ts';
import { ACCOUNT, openWorld, says, upstream, type World } from './harness.ts';

const worlds: World[] = [];

async function open(...args: Parameters<typeof openWorld>): Promise<World> {
  const world = await openWorld(...args);
  worlds.push(world);
  return world;
}

afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close();
});

const states = (task: TaskRecord) => task.attempts.map((attempt) => attempt.state);

async function assertCreditsConserved(world: World): Promise<void> {
  const balance = await world.store.balance(ACCOUNT);
  assert.ok(balance);
  assert.equal(balance.granted, balance.remaining + balance.reserved + balance.used);
  assert.equal(balance.reserved, 0, 'nothing stays reserved once every task is final');
}

/** Lets time pass until the condition holds. */
async function eventually(world: World, condition: () => Promise<boolean>): Promise<void> {
  for (let turns = 0; !(await condition()); turns++) {
    assert.ok(turns < 5_000, 'it never came true');
    await world.clock.advance(100);
  }
}

test('a task goes from acceptance to a stored result, and pays once', async () => {
  const studio = upstream();
  const world = await open({ studio });
  const { id } = await world.admit();
  const task = await world.settle(id);
  assert.equal(task.status, 'completed');
  assert.equal(task.progress, 100);
  assert.equal(task.results.length, 1);
  assert.equal(task.creditsUsed, 1_000);
  assert.deepEqual(studio.submits, [`${id}-1`]);
  await assertCreditsConserved(world);
});

test('progress is shown, never falls, and is not written for a poll that changed nothing', async () => {
  const seen = [40, 30, 30, 30, 55];
  const world = await open({
    studio: upstream({
      async poll() {
        const progress = seen.shift();
        if (progress !== undefined) return { kind: 'running', progress };
        return { kind: 'finished', outputs: [{ kind: 'file', path: '/x', mimeType: null }] };
      },
    }),
  });
  const { id } = await world.admit();
  await world.settle(id);
  const written = world.changes.filter((task) => task.step === 'watch').map((task) => task.progress);
  assert.deepEqual(written, [0, 40, 55]);
});

test('a refusal for the content ends the task at once, with the evidence kept and nothing charged', async () => {
  const studio = upstream({
    submit: async () => ({ kind: 'rejected', evidence: says(422, 'moderation_blocked') }),
  });
  const world = await open({ studio, spare: upstream() });
  const { id } = await world.admit({ model: 'all' });
  const task = await world.settle(id);
  assert.equal(task.error?.code, 'content_policy_violation');
  assert.equal(task.creditsUsed, 0);
  assert.equal(studio.submits.length, 1);
  const [attempt] = await world.store.attempts(id);
  assert.equal(attempt?.evidence?.status, 422);
  assert.equal(attempt?.verdict?.code, 'content_policy_violation');
  await assertCreditsConserved(world);
});

test('a complaint about a parameter is told under the name the client gave it', async () => {
  const body = { error: { code: 'invalid_parameter', message: 'Wrong value.', param: 'generate_audio' } };
  const evidence = { provider: 'unheard-of', phase: 'submit', status: 400, headers: {}, body } as const;
  const world = await open({ picky: upstream({ submit: async () => ({ kind: 'rejected', evidence }) }) });
  const { id } = await world.admit({ params: { generate_audio: true } });
  const { error } = await world.settle(id);
  assert.deepEqual([error?.code, error?.param], ['invalid_parameters', 'generate_audio']);
});

test('an overloaded route hands over to the next one', async () => {
  const full = upstream({ submit: async () => ({ kind: 'rejected', evidence: says(503, 'overloaded') }) });
  const spare = upstream();
  const world = await open({ full, spare });
  const { id } = await world.admit({ model: 'all' });
  const task = await world.settle(id);
  assert.equal(task.status, 'completed');
  assert.deepEqual(states(task), ['rejected', 'succeeded']);
  assert.deepEqual([full.submits.length, spare.submits.length], [1, 1]);
});

test('with one route an overload is tried again a bounded number of times, and then told as it is', async () => {
  const full = upstream({ submit: async () => ({ kind: 'rejected', evidence: says(503, 'overloaded') }) });
  const world = await open({ full });
  const { id } = await world.admit();
  const task = await world.settle(id);
  assert.equal(task.error?.code, 'resource_exhausted');
  assert.deepEqual(states(task), ['rejected', 'rejected', 'rejected']);
});

test('an upstream that asks for more patience than a task has is not waited for', async () => {
  const full = upstream({
    submit: async () => ({ kind: 'rejected', evidence: says(503, 'overloaded', { 'retry-after': '300' }) }),
  });
  const world = await open({ full });
  const { id } = await world.admit();
  const task = await world.settle(id);
  assert.equal(full.submits.length, 1);
  assert.equal(task.error?.retry.after_seconds, 300);
});

test('a wait that stands in the body is the one that is told and the one that is kept', async () => {
  const busy = (message: string) => ({
    provider: 'unheard-of',
    phase: 'submit' as const,
    status: 429,
    headers: {},
    body: { error: { message } },
  });
  const calls: number[] = [];
  const slow = upstream({
    async submit(_job, { clock }): Promise<SubmitOutcome> {
      calls.push(clock.now());
      if (calls.length > 1) return { kind: 'accepted', handle: {} };
      return { kind: 'rejected', evidence: busy('Rate limit reached. Please try again in 17s.') };
    },
  });
  const world = await open({ slow });
  const { id } = await world.admit();
  assert.equal((await world.settle(id)).status, 'completed');
  const [first = 0, second = 0] = calls;
  assert.ok(second - first >= 17_000 && second - first < 18_000, `${second - first} ms`);

  const full = upstream({
    submit: async () => ({ kind: 'rejected', evidence: busy('Too many requests. Retry after 5 minutes.') }),
  });
  const other = await open({ full });
  const { id: lost } = await other.admit();
  const task = await other.settle(lost);
  assert.equal(task.error?.retry.after_seconds, 300);
  assert.equal(full.submits.length, 1, 'nobody is told to wait five minutes while we do not');
});

const cannot = (param: string) => async () =>
  refuseUnsupported({ param, message: `This upstream has no ${param}.` });

test('what one adapter cannot say goes to a route whose adapter can, and is not asked again', async () => {
  const [short, spare] = [upstream({ submit: cannot('seed') }), upstream()];
  const world = await open({ short, spare });
  const { id } = await world.admit({ model: 'all', params: { seed: 1 } });
  const task = await world.settle(id);
  assert.equal(task.status, 'completed');
  assert.deepEqual(states(task), ['rejected', 'succeeded']);
  assert.equal(task.attempts[0]?.code, 'invalid_parameters');
  for (const { health } of world.engine.routing.report()) assert.equal(health.state, 'closed');

  const ill = upstream({ submit: async () => ({ kind: 'rejected', evidence: says(503, 'overloaded') }) });
  const next = await open({ short, ill });
  const { id: tired } = await next.admit({ model: 'all', params: { seed: 1 } });
  const failed = await next.settle(tired);
  assert.equal(failed.error?.code, 'resource_exhausted', 'the trouble of the route that could take it');
  assert.deepEqual(
    failed.attempts.map(({ route }) => route),
    ['all/0', 'all/1', 'all/1'],
  );
});

test('what no adapter can say ends as the refusal, each asked once, and nothing is charged', async () => {
  const [first, second] = [upstream({ submit: cannot('seed') }), upstream({ submit: cannot('n') })];
  const world = await open({ first, second });
  const { id } = await world.admit({ model: 'all' });
  const task = await world.settle(id);
  assert.deepEqual([task.error?.code, task.error?.param], ['invalid_parameters', 'n']);
  assert.deepEqual([first.submits.length, second.submits.length], [1, 1]);
  const { id: lone } = await world.admit();
  assert.equal((await world.settle(lone)).error?.param, 'seed');
  await assertCreditsConserved(world);
});

test('a failed poll is not a failed job', async () => {
  let polls = 0;
  const world = await open({
    studio: upstream({
      async poll() {
        polls++;
        if (polls < 5)
          return { kind: 'unreachable', evidence: { ...says(503, 'overloaded'), phase: 'poll' } };
        if (polls < 6) throw new Error('a fault in the adapter');
        return { kind: 'finished', outputs: [{ kind: 'file', path: '/x', mimeType: null }] };
      },
    }),
  });
  const { id } = await world.admit();
  const task = await world.settle(id);
  assert.equal(task.status, 'completed');
  assert.deepEqual(states(task), ['succeeded']);
});

test('an unknown state is watched on, alarmed once, and bounded by the deadline', async () => {
  const cancels: unknown[] = [];
  const world = await open({
    studio: upstream({
      poll: async () => ({ kind: 'unrecognized', state: 'PONDERING' }),
      async cancel(handle) {
        cancels.push(handle);
        return { kind: 'requested' };
      },
    }),
  });
  const { id } = await world.admit();
  const task = await world.settle(id);
  assert.equal(task.error?.code, 'generation_timeout');
  assert.equal(task.error?.details.limit_seconds, 600);
  assert.equal(world.alarms.filter((alarm) => alarm.kind === 'unknown_state').length, 1);
  assert.equal(cancels.length, 1, 'the upstream is told to stop');
  await assertCreditsConserved(world);
});

const lose: UpstreamAdapter['submit'] = async () => ({
  kind: 'unknown',
  evidence: {
    provider: 'studio',
    phase: 'network',
    status: null,
    headers: {},
    body: { name: 'Error', message: 'reset' },
  },
});

test('a lost answer is looked up and the job found is the one that counts', async () => {
  const studio = upstream({ submit: lose, lookup: async (key) => ({ kind: 'found', handle: { job: key } }) });
  const world = await open({ studio });
  const { id } = await world.admit();
  const task = await world.settle(id);
  assert.equal(task.status, 'completed');
  assert.deepEqual(studio.submits, [`${id}-1`]);
  assert.deepEqual(states(task), ['succeeded']);
});

test('a submit that provably never arrived is made again under a new key', async () => {
  let first = true;
  const studio = upstream({
    async submit(job, ctx): Promise<SubmitOutcome> {
      if (!first) return { kind: 'accepted', handle: { job: job.idempotencyKey } };
      first = false;
      return lose(job, ctx);
    },
    lookup: async () => ({ kind: 'absent' }),
  });
  const world = await open({ studio });
  const { id } = await world.admit();
  const task = await world.settle(id);
  assert.equal(task.status, 'completed');
  assert.deepEqual(studio.submits, [`${id}-1`, `${id}-2`]);
  assert.deepEqual(states(task), ['abandoned', 'succeeded']);
});

for (const [name, lookup] of [
  ['cannot be asked', undefined],
  ['cannot tell', async () => ({ kind: 'undecided' }) as const],
] as const) {
  test(`a lost answer that ${name} waits out its window, then fails as service_error; nothing is sent again`, async () => {
    const studio = upstream({ submit: lose, ...(lookup ? { lookup } : {}) });
    const spare = upstream();
    const world = await open({ studio, spare });
    const began = world.clock.now();
    const { id } = await world.admit({ model: 'all' });
    const task = await world.settle(id);
    assert.equal(task.error?.code, 'service_error');
    assert.deepEqual(states(task), ['unknown']);
    assert.ok(world.clock.now() - began >= 60_000);
    assert.deepEqual([studio.submits.length, spare.submits.length], [1, 0]);
    assert.ok(world.alarms.some((alarm) => alarm.kind === 'unknown_submit'));
    await assertCreditsConserved(world);
  });
}

test('a lost answer that is not found before the deadline fails as that, not as out of time', async () => {
  const studio = upstream({ submit: lose, lookup: async () => ({ kind: 'undecided' }) });
  const world = await open({ studio }, { settings: { reconcileWindowMs: 3_600_000 } });
  const { id } = await world.admit();
  const task = await world.settle(id);
  assert.equal(task.error?.code, 'service_error');
  assert.deepEqual(task.error?.details, { submit_outcome: 'unknown' });
  assert.equal(task.finishedAt, task.deadlineAt);
});

test('a submit that the deadline breaks off fails as out of time', async () => {
  const studio = upstream({
    submit: (job, context) =>
      new Promise((resolve) =>
        context.signal.addEventListener('abort', () => resolve(lose(job, context)), { once: true }),
      ),
  });
  const world = await open({ studio });
  const { id, deadlineAt } = await world.admit();
  await world.settle(id, (task) => task.attempts.length === 1);
  await world.clock.advance(deadlineAt - world.clock.now());
  const task = await world.settle(id);
  assert.equal(task.error?.code, 'generation_timeout');
  assert.deepEqual(task.error?.details, { queued_seconds: 0, running_seconds: 600, limit_seconds: 600 });
});

test("an upstream's time-out says where the time went, and its quota is never called the client's", async () => {
  const slow = upstream({ poll: async () => ({ kind: 'failed', evidence: says(504, 'timed_out') }) });
  const world = await open({ studio: slow });
  const { id } = await world.admit();
  const { error } = await world.settle(id);
  assert.equal(error?.code, 'generation_timeout');
  assert.match(error?.message ?? '', /^Generation timed out\.\n/, 'its limit is not known');
  assert.equal(error?.details.limit_seconds, null);
  assert.equal(typeof error?.details.running_seconds, 'number');
  assert.equal(typeof error?.details.queued_seconds, 'number');

  const full = upstream({ submit: async () => ({ kind: 'rejected', evidence: says(429, 'rate_limited') }) });
  const crowded = await open({ studio: full });
  const refused = await crowded.settle((await crowded.admit()).id);
  assert.equal(refused.error?.code, 'resource_exhausted');
  assert.deepEqual([...new Set(refused.attempts.map(({ code }) => code))], ['resource_exhausted']);
});

test('an adapter that throws in submit may have sent: the outcome is unknown, not a second try', async () => {
  const studio = upstream({
    submit: async () => {
      throw new Error('bug');
    },
  });
  const world = await open({ studio });
  const { id } = await world.admit();
  const task = await world.settle(id);
  assert.equal(task.error?.code, 'service_error');
  assert.equal(studio.submits.length, 1);
});

test('a crash between intent and answer never submits again before the upstream was asked', async () => {
  const hanging = upstream({ submit: () => new Promise<SubmitOutcome>(() => {}) });
  const world = await open({ studio: hanging });
  const { id } = await world.admit();
  await world.settle(id, (task) => task.attempts.length === 1);

  const studio = upstream({ lookup: async (key) => ({ kind: 'found', handle: { job: key } }) });
  const next = await world.restart({ studio });
  const task = await next.settle(id);
  assert.equal(task.status, 'completed');
  assert.equal(studio.submits.length, 0);
});

test('a restart takes up watched tasks where they were', async () => {
  const running = upstream({ poll: async () => ({ kind: 'running', progress: 50 }) });
  const world = await open({ studio: running });
  const { id } = await world.admit();
  await world.settle(id, (task) => task.progress === 50);

  const studio = upstream();
  const next = await world.restart({ studio });
  const task = await next.settle(id);
  assert.equal(task.status, 'completed');
  assert.equal(studio.submits.length, 0);
});

test('a synchronous result survives: it is kept before anything else is done with it', async () => {
  const studio = upstream({
    submit: async () => ({
      kind: 'finished',
      outputs: [{ kind: 'bytes', data: new Uint8Array([1]), mimeType: null }],
    }),
  });
  const world = await open({ studio });
  const { id } = await world.admit();
  const task = await world.settle(id);
  assert.equal(task.status, 'completed');
  assert.ok(world.changes.some((change) => change.step === 'collect' && change.outputs[0]?.kind === 'kept'));
});

test('success without a usable output is generation_failed_no_content', async () => {
  for (const outputs of [[], [{ kind: 'bytes', data: new Uint8Array(), mimeType: null } as const]]) {
    const world = await open({ studio: upstream({ submit: async () => ({ kind: 'finished', outputs }) }) });
    const { id } = await world.admit();
    const task = await world.settle(id);
    assert.equal(task.error?.code, 'generation_failed_no_content');
    assert.equal(task.error?.subtype, 'empty_result');
    await assertCreditsConserved(world);
  }
});

test('a failed download is not a failed generation: it is fetched patiently, and never submitted again', async () => {
  let downloads = 0;
  const studio = upstream({
    poll: async () => ({
      kind: 'finished',
      outputs: [{ kind: 'url', url: 'https://cdn.test/x.png', mimeType: null }],
    }),
  });
  const world = await open(
    { studio },
    {
      media: {
        async takeOver(_source, { key }) {
          if (++downloads < 4) {
            const evidence = {
              provider: 'x',
              phase: 'download',
              status: 503,
              headers: {},
              body: null,
            } as const;
            return { kind: 'unreachable', evidence };
          }
          const facts = {
            mimeType: 'image/png',
            bytes: 1,
            sha256: '00',
            width: 1,
            height: 1,
            duration: null,
          };
          return { kind: 'stored', fileKey: key, ...facts };
        },
      },
    },
  );
  const { id } = await world.admit();
  const task = await world.settle(id);
  assert.equal(task.status, 'completed');
  assert.equal(downloads, 4);
  assert.equal(studio.submits.length, 1);
});

test('cancelling: at once while pending, through the upstream while processing, refused when final', async () => {
  const world = await open(
    {
      studio: upstream({
        poll: async () => ({ kind: 'running', progress: null }),
        cancel: async () => ({ kind: 'cancelled' }),
      }),
    },
    { settings: { parallelSubmits: 0 } },
  );
  const { id: pending } = await world.admit();
  assert.equal((await world.engine.cancel(ACCOUNT, pending)).kind, 'cancelled');
  assert.equal((await world.store.task(pending))?.error?.code, 'request_cancelled');

  const busy = await open({
    studio: upstream({
      poll: async () => ({ kind: 'running', progress: 10 }),
      cancel: async () => ({ kind: 'cancelled' }),
    }),
  });
  const { id } = await busy.admit();
  await busy.settle(id, (task) => task.progress === 10);
  assert.equal((await busy.engine.cancel(ACCOUNT, id)).kind, 'requested');
  const task = await busy.settle(id);
  assert.equal(task.error?.code, 'request_cancelled');
  assert.deepEqual(states(task), ['cancelled']);
  assert.equal((await busy.engine.cancel(ACCOUNT, id)).kind, 'final');
  assert.equal((await busy.engine.cancel('other', id)).kind, 'absent');
  await assertCreditsConserved(busy);
});

test('a cancel that comes too late leaves the task as what it became', async () => {
  let asked = false;
  const world = await open({
    studio: upstream({
      async poll() {
        if (!asked) return { kind: 'running', progress: 10 };
        return { kind: 'finished', outputs: [{ kind: 'file', path: '/x', mimeType: null }] };
      },
      async cancel() {
        asked = true;
        return { kind: 'not_possible' };
      },
    }),
  });
  const { id } = await world.admit();
  await world.settle(id, (task) => task.progress === 10);
  await world.engine.cancel(ACCOUNT, id);
  assert.equal((await world.settle(id)).status, 'completed');
});

test('one account with many tasks does not delay another account with one', async () => {
  const order: string[] = [];
  const { promise: everyoneWaits, resolve: begin } = Promise.withResolvers<void>();
  const world = await open(
    {
      studio: upstream({
        async submit(job) {
          order.push(job.taskId);
          await everyoneWaits;
          return { kind: 'accepted', handle: { job: job.taskId } };
        },
      }),
    },
    { settings: { parallelSubmits: 1 } },
  );
  for (let i = 0; i < 30; i++) await world.admit({ id: `task-unified-1-many-${i}` });
  const { id: lone } = await world.admit({ account: 'other' });
  begin();
  await world.settle(lone);
  assert.ok(order.indexOf(lone) <= 2, `it was number ${order.indexOf(lone) + 1} of ${order.length}`);
});

test('a fault inside the gateway leaves the task as it was, alarms, and the step is tried again', async () => {
  let faults = 0;
  const world = await open(
    { studio: upstream() },
    {
      media: {
        async prepare(task) {
          if (faults++ < 2) throw new TypeError('bug');
          return { inputs: [], params: task.params, repairs: [] };
        },
      },
    },
  );
  const { id } = await world.admit();
  const task = await world.settle(id);
  assert.equal(task.status, 'completed');
  assert.equal(world.alarms.filter((alarm) => alarm.kind === 'internal').length, 2);
});

test('a job that finishes after its task timed out is written down and kept; the task and the credits stay as they are', async () => {
  let finished = false;
  const world = await open({
    studio: upstream({
      async poll() {
        if (!finished) return { kind: 'running', progress: 50 };
        return { kind: 'finished', outputs: [{ kind: 'file', path: '/x', mimeType: null }] };
      },
    }),
  });
  const { id } = await world.admit();
  const task = await world.settle(id);
  assert.equal(task.error?.code, 'generation_timeout');
  finished = true;
  await eventually(world, async () => (await world.store.attempts(id))[0]?.late !== null);
  const [attempt] = await world.store.attempts(id);
  assert.equal(attempt?.late?.outcome, 'completed');
  assert.equal(attempt?.late?.results.length, 1);
  assert.equal(await world.store.task(id), task);
  await eventually(world, async () => world.alarms.some((alarm) => alarm.kind === 'late_success'));
  await assertCreditsConserved(world);
});

test('a route never has more tasks than it may, however many start at once', async () => {
  let active = 0;
  let most = 0;
  const polls = new Map<string, number>();
  const world = await open({
    studio: upstream({
      async submit(job) {
        most = Math.max(most, ++active);
        return { kind: 'accepted', handle: { job: job.idempotencyKey } };
      },
      async poll(handle) {
        const key = JSON.stringify(handle);
        polls.set(key, (polls.get(key) ?? 0) + 1);
        if (polls.get(key) === 1) return { kind: 'running', progress: null };
        active--;
        return { kind: 'finished', outputs: [{ kind: 'file', path: '/x', mimeType: null }] };
      },
    }),
  });
  const tasks = await Promise.all(Array.from({ length: 9 }, () => world.admit({ model: 'narrow' })));
  for (const { id } of tasks) assert.equal((await world.settle(id)).status, 'completed');
  assert.equal(most, 2);
});

test('what moderation blocks is not submitted; what was made and is blocked is neither delivered, charged nor kept', async () => {
  const blocked = new TaskError('content_policy_violation', { subtype: 'adult' });
  const studio = upstream();
  const world = await open(
    { studio },
    {
      moderation: {
        async checkInput(task) {
          if (task.params.prompt === 'bad') throw blocked;
          return null;
        },
        async checkOutput() {
          throw blocked;
        },
      },
    },
  );
  const { id: input } = await world.admit({ params: { prompt: 'bad' } });
  assert.equal((await world.settle(input)).error?.subtype, 'adult');
  assert.equal(studio.submits.length, 0);

  const { id: output } = await world.admit({ params: { prompt: 'fine' } });
  const task = await world.settle(output);
  assert.equal(task.error?.code, 'content_policy_violation');
  assert.deepEqual(task.results, []);
  assert.deepEqual(states(task), ['failed']);
  await assertCreditsConserved(world);
  assert.equal((await world.store.balance(ACCOUNT))?.used, 0);
});

test('a detector that wants to look later makes the task wait, not fail', async () => {
  let looks = 0;
  const world = await open(
    { studio: upstream() },
    { moderation: { checkInput: async () => (++looks < 3 ? 30_000 : null) } },
  );
  const { id } = await world.admit();
  assert.equal((await world.settle(id)).status, 'completed');
  assert.equal(looks, 3);
});
