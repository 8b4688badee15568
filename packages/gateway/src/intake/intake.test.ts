import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { TaskError } from '@sluice/errors';
import { TASK_ID_PATTERN } from '@sluice/protocol';
import fc from 'fast-check';
import type { ModelDefinition, TaskType } from '../catalog/model.ts';
import { ManualClock } from '../clock.ts';
import { loadConfig } from '../config/config.ts';
import type { FileStore } from '../files/files.ts';
import { openLocalFiles } from '../files/local.ts';
import type { KeyRecord, TaskRecord } from '../store/records.ts';
import { openSqliteStore } from '../store/sqlite/store.ts';
import type { Store } from '../store/store.ts';
import { createIntake, type Intake } from './intake.ts';

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=',
  'base64',
);
const PNG_URL = `data:image/png;base64,${PNG.toString('base64')}`;
const PNG_KEY = `inputs/${createHash('sha256').update(PNG).digest('hex')}`;

const loose: ModelDefinition = {
  id: 'loose-1',
  type: 'audio',
  description: '',
  parameters: {
    type: 'object',
    properties: { voice: { type: 'object', properties: { speed: { type: 'number', default: 1 } } } },
  },
  unknownParameters: 'ignore',
  inputs: {},
  pricing: { rule: 'per_call', milliCredits: 1500 },
  timeoutMs: 60_000,
  estimateSeconds: 3,
  routes: [],
};

/** Its upstream counts as JavaScript does: an emoji is two. */
const counting: ModelDefinition = {
  ...loose,
  id: 'counting-1',
  parameters: { type: 'object', properties: { prompt: { type: 'string', maxUtf16Units: 10 } } },
};

const folder = mkdtempSync(join(tmpdir(), 'sluice-intake-'));
const clock = new ManualClock(Date.UTC(2026, 2, 4, 10));
const admitted: TaskRecord[] = [];
let store: Store;
let files: FileStore;
let intake: Intake;
let serial = 0;

function open(overrides: Partial<Parameters<typeof createIntake>[0]> = {}): Intake {
  const loaded = loadConfig({ cwd: folder, env: {} });
  assert.ok(loaded.kind === 'ok');
  return createIntake({
    catalog: new Map([...loaded.config.catalog, [loose.id, loose], [counting.id, counting]]),
    store,
    files,
    clock,
    randomId: () => `abcdefghijkl${(serial++).toString(36)}`,
    node: 'node-1',
    config: loaded.config,
    look: async () => ({ issues: [], repairs: [] }),
    noRoute: () => null,
    onAdmitted: (task) => admitted.push(task),
    ...overrides,
  });
}

before(async () => {
  store = await openSqliteStore({ path: join(folder, 'sluice.db') });
  files = await openLocalFiles(join(folder, 'files'));
  intake = open();
});
after(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

async function customer(grant = 1_000_000): Promise<KeyRecord> {
  const accountId = `account-${serial++}`;
  await store.ensureAccount(accountId, grant);
  const key = {
    id: `key-${serial++}`,
    accountId,
    name: 'test',
    createdAt: 0,
    expiresAt: null,
    creditLimit: null,
  };
  await store.createKey({ ...key, secretHash: serial.toString(16).padStart(64, '0') });
  return { ...key, disabledAt: null, creditsReserved: 0, creditsUsed: 0 };
}

const submit = async (
  type: TaskType,
  body: unknown,
  options: { key?: KeyRecord; idempotencyKey?: string; by?: Intake } = {},
) =>
  (options.by ?? intake).submit({
    type,
    body,
    key: options.key ?? (await customer()),
    requestId: 'req_1',
    idempotencyKey: options.idempotencyKey ?? null,
  });

async function refused(
  type: TaskType,
  body: unknown,
  options: Parameters<typeof submit>[2] = {},
): Promise<TaskError> {
  const before = admitted.length;
  const error = await submit(type, body, options).then(
    () => assert.fail('expected a refusal'),
    (thrown: unknown) => thrown,
  );
  assert.ok(TaskError.is(error), String(error));
  assert.equal(admitted.length, before);
  return error;
}

const headline = (error: TaskError) => error.message.split('\n')[0];
const video = (changes: object = {}) => ({
  model: 'studio-video-1',
  prompt: 'A fox in the snow',
  ...changes,
});
const image = (changes: object = {}) => ({
  model: 'studio-image-1',
  prompt: 'A fox in the snow',
  ...changes,
});

describe('an accepted request', () => {
  it('is a pending task with defaults, price and deadline, leased by this node, and handed on once', async () => {
    const key = await customer();
    const before = admitted.length;
    const { task, replayed } = await submit('video', video({ duration: 7, metadata: { order: '1042' } }), {
      key,
    });
    assert.equal(replayed, false);
    assert.match(task.id, new RegExp(TASK_ID_PATTERN));
    assert.equal(task.id.split('-')[2], String(clock.now() / 1000));
    assert.deepEqual(task.params, {
      prompt: 'A fox in the snow',
      duration: 7,
      aspect_ratio: 'adaptive',
      quality: '720p',
      generate_audio: false,
    });
    assert.deepEqual(task.metadata, { order: '1042' });
    assert.equal(task.creditsReserved, 35_000);
    assert.equal(task.billingRule, 'per_second');
    assert.equal(task.deadlineAt, clock.now() + 600_000);
    assert.equal(task.owner, 'node-1');
    assert.equal(task.requestId, 'req_1');
    assert.deepEqual([task.accountId, task.keyId], [key.accountId, key.id]);
    assert.deepEqual(
      admitted.slice(before).map((one) => one.id),
      [task.id],
    );
    assert.equal((await store.task(task.id))?.status, 'pending');
    assert.equal((await store.balance(key.accountId))?.reserved, 35_000);
  });

  it('takes null for left out, and what it does not know only where the model says so', async () => {
    const { task } = await submit('video', video({ seed: null, duration: null, negative_prompt: null }));
    assert.equal(task.params.duration, 5);
    const { task: other } = await submit('audio', {
      model: 'loose-1',
      whatever: 1,
      voice: {},
      ['__proto__']: 1,
    });
    assert.deepEqual(other.params, { voice: { speed: 1 } });
  });

  it('does not change the body it was given', async () => {
    const body = { model: 'loose-1', voice: {}, metadata: { a: 'b' } };
    await submit('audio', body);
    assert.deepEqual(body, { model: 'loose-1', voice: {}, metadata: { a: 'b' } });
  });

  it('has its inline media in the file store before it exists', async () => {
    const { task } = await submit(
      'image',
      image({ image_urls: ['https://example.com/a.png', PNG_URL], mask_url: PNG_URL }),
    );
    assert.deepEqual(task.params.image_urls, ['https://example.com/a.png', `sluice-file:${PNG_KEY}`]);
    assert.equal(task.params.mask_url, `sluice-file:${PNG_KEY}`);
    assert.deepEqual(Buffer.from((await files.read(PNG_KEY)) ?? []), PNG);
  });
});

describe('a refused request', () => {
  it('says so with the words and numbers of the specification', async () => {
    const long = await refused('video', video({ prompt: '\u{1f98a}'.repeat(2001) }));
    assert.deepEqual(
      [long.code, long.subtype, long.param],
      ['invalid_parameters', 'prompt_too_long', 'prompt'],
    );
    assert.equal(headline(long), 'Prompt is too long');
    assert.deepEqual([long.details.max_chars, long.details.actual_chars], [2000, 2001]);
    await submit('video', video({ prompt: '\u{1f98a}'.repeat(2000) }));

    const prompt = '\u{1f98a}'.repeat(6);
    const units = await refused('audio', { model: counting.id, prompt });
    assert.equal(units.subtype, 'prompt_too_long');
    assert.deepEqual([units.details.max_utf16_units, units.details.actual_utf16_units], [10, 12]);
    assert.deepEqual(units.fixes, [{ op: 'truncate_prompt', param: 'prompt', to: '10 UTF-16 units' }]);
    const { task } = await submit('audio', { model: counting.id, prompt, auto_fix: ['truncate_prompt'] });
    assert.equal(task.params.prompt, '\u{1f98a}'.repeat(5));

    const duration = await refused('video', video({ duration: 45 }));
    assert.equal(headline(duration), 'Video duration must be between 1-30 seconds');
    assert.deepEqual(duration.details, { min_seconds: 1, max_seconds: 30, actual_seconds: 45 });
    assert.equal(duration.status, 400);

    const ratio = await refused('video', video({ aspect_ratio: '17:9' }));
    assert.deepEqual(
      [ratio.subtype, ratio.param, ratio.details.actual],
      ['image_dimension', 'aspect_ratio', '17:9'],
    );
    assert.match(ratio.message, /Did you mean "16:9"\?/);
    const size = await refused('image', image({ size: '9000x9000' }));
    assert.deepEqual([size.subtype, size.param], ['image_dimension', 'size']);
    assert.match(size.message, /64 to 2048 pixels/);
  });

  it('names an unknown field with the known one it was probably meant to be', async () => {
    const error = await refused('video', video({ durtion: 5 }));
    assert.deepEqual(
      [error.subtype, error.param, error.details.suggestion],
      ['unknown_parameter', 'durtion', 'duration'],
    );
    assert.match(error.message, /Did you mean `duration`\?/);
    assert.deepEqual(error.issues, []);
    assert.equal((await refused('video', video({ autofix: ['crop'] }))).details.suggestion, 'auto_fix');
  });

  it('lists everything that is wrong, each with its path, the most useful on top', async () => {
    const error = await refused('video', {
      model: 'studio-video-1',
      promt: 'x',
      duration: 0,
      metadata: { a: 1, ['k'.repeat(65)]: 'x' },
      image_urls: ['http://example.com/a.png', 7, 'https://example.com/c.png'],
      callback_url: 'https://example.com/hook',
      auto_fix: ['resize', 5],
      zzz: true,
    });
    assert.equal(error.param, 'promt');
    assert.deepEqual(error.issues.map((issue) => issue.param).sort(), [
      'auto_fix[1]',
      'callback_url',
      'duration',
      'image_urls',
      'image_urls[0]',
      'image_urls[1]',
      'metadata.a',
      `metadata.${'k'.repeat(65)}`,
      'prompt',
      'promt',
      'zzz',
    ]);
    assert.equal(error.issues[0]?.param, 'promt');
    assert.match(error.message, /There are 10 more problems/);
    assert.ok(
      error.issues.every((issue) => issue.code === 'invalid_parameters' && issue.issues.length === 0),
    );
  });

  it('sends a model to the call it belongs to, and knows near names', async () => {
    const wrong = await refused('image', video());
    assert.deepEqual([wrong.code, wrong.param], ['invalid_parameters', 'model']);
    assert.match(wrong.message, /POST \/v1\/videos\/generations/);
    const near = await refused('video', video({ model: 'studio-vidoe-1' }));
    assert.deepEqual(
      [near.code, near.status, near.details.suggestion],
      ['model_not_found', 404, 'studio-video-1'],
    );
    for (const model of [undefined, null, '', 5, ['studio-video-1']]) {
      assert.deepEqual((await refused('video', { ...video(), model })).param, 'model');
    }
    for (const model of ['constructor', '__proto__', 'x'.repeat(100_000)]) {
      assert.equal((await refused('video', video({ model }))).code, 'model_not_found');
    }
  });

  it('for what this version does not do says that, and accepts asking for nothing', async () => {
    assert.match(
      (await refused('video', video({ callback_url: 'https://example.com' }))).message,
      /not supported in this version/,
    );
    const mistyped = await refused('video', video({ auto_fix: ['crop', 'resise'] }));
    assert.equal(mistyped.param, 'auto_fix[1]');
    assert.match(mistyped.message, /Did you mean "resize"\?/);
    assert.equal((await refused('video', video({ auto_fix: 'crop' }))).param, 'auto_fix');
    const plain = await submit('video', video({ auto_fix: [], callback_url: null }));
    assert.equal(plain.task.params.auto_fix, undefined);
    const { task } = await submit('video', video({ auto_fix: ['pad', 'crop', 'pad'] }));
    assert.deepEqual(task.params.auto_fix, { ops: ['pad', 'crop'], made: [] });
  });

  it('is one whose prompt is needed and blank', async () => {
    assert.equal((await refused('video', video({ prompt: ' \n' }))).param, 'prompt');
    assert.equal((await refused('video', video({ prompt: '' }))).param, 'prompt');
  });

  it('is one that is no object, too deep or too wide', async () => {
    for (const body of [undefined, null, [], 'x', 5, true]) {
      assert.equal((await refused('video', body)).code, 'invalid_parameters');
    }
    let deep: unknown = 1;
    for (let i = 0; i < 20_000; i++) deep = [deep];
    assert.match((await refused('video', video({ metadata: deep }))).message, /nested/);
    const strange = Object.fromEntries(Array.from({ length: 4000 }, (_, i) => [`durati${i}`, 1]));
    const many = await refused('video', { ...video(), ...strange, ['x'.repeat(1_000_000)]: 1 });
    assert.equal(many.issues.length, 20);
    const one = await refused('video', { ...video(), ['x'.repeat(1_000_000)]: 1 });
    assert.ok(JSON.stringify(one).length < 5000, 'what was sent is not sent back whole');
    assert.match(
      (await refused('video', video({ image_urls: Array(100_000).fill(1) }))).message,
      /more than 4096 values/,
    );
  });

  it('costs nothing and creates nothing where credits are missing', async () => {
    const key = await customer(34_999);
    const error = await refused('video', video({ duration: 7 }), { key });
    assert.deepEqual([error.code, error.subtype, error.status], ['quota_exceeded', 'account_quota', 402]);
    assert.deepEqual([error.details.required_credits, error.details.remaining_credits], [35, 34.999]);
    assert.equal((await store.balance(key.accountId))?.remaining, 34_999);
    await submit('video', video({ duration: 6 }), { key });
  });

  it('is service_unavailable while nothing can be written, with the cause kept for the log', async () => {
    const broken = new Error('disk full');
    const noStore = open({ store: { admit: () => Promise.reject(broken), balance: async () => null } });
    const error = await refused('video', video(), { by: noStore });
    assert.deepEqual([error.code, error.status, error.cause], ['service_unavailable', 503, broken]);
    const noFiles = open({ files: { put: () => Promise.reject(broken) } });
    const other = await refused('image', image({ image_urls: [PNG_URL] }), { by: noFiles });
    assert.deepEqual([other.code, other.cause], ['service_unavailable', broken]);
    assert.ok(!JSON.stringify(other).includes('disk full'));
  });
});

describe('an idempotency key', () => {
  it('gives the same task again for the same request, whatever the order of its keys', async () => {
    const key = await customer();
    const first = await submit(
      'video',
      { model: 'studio-video-1', prompt: 'a', metadata: { x: '1', y: '2' } },
      { key, idempotencyKey: 'k' },
    );
    const before = admitted.length;
    const again = await submit(
      'video',
      { metadata: { y: '2', x: '1' }, prompt: 'a', model: 'studio-video-1' },
      { key, idempotencyKey: 'k' },
    );
    assert.deepEqual([again.replayed, again.task.id], [true, first.task.id]);
    assert.equal(admitted.length, before);
  });

  it('refuses another request, and is forgotten after its time', async () => {
    const key = await customer();
    const first = await submit('video', video(), { key, idempotencyKey: 'k' });
    const error = await refused('video', video({ duration: 6 }), { key, idempotencyKey: 'k' });
    assert.deepEqual([error.code, error.status], ['idempotency_conflict', 409]);
    await clock.advance(24 * 3_600_000 + 1);
    const later = await submit('video', video({ duration: 6 }), { key, idempotencyKey: 'k' });
    assert.notEqual(later.task.id, first.task.id);
  });

  it('makes one task of many at once', async () => {
    const key = await customer();
    const all = await Promise.all(
      Array.from({ length: 20 }, () => submit('video', video(), { key, idempotencyKey: 'k' })),
    );
    assert.equal(new Set(all.map(({ task }) => task.id)).size, 1);
    assert.equal(all.filter(({ replayed }) => !replayed).length, 1);
  });

  it('must be printable and of bearable length', async () => {
    for (const idempotencyKey of ['', 'a\nb', 'é', 'x'.repeat(256)]) {
      assert.equal((await refused('video', video(), { idempotencyKey })).param, 'Idempotency-Key');
    }
  });
});

describe('any JSON', () => {
  it('is a task or a TaskError, and an accepted task survives a trip through JSON', async () => {
    const silent = open({
      store: {
        admit: async (admission) => {
          assert.deepEqual(JSON.parse(JSON.stringify(admission.params)), admission.params);
          assert.ok(Number.isSafeInteger(admission.creditsReserved) && admission.creditsReserved >= 0);
          return { kind: 'insufficient_credits', scope: 'account', required: 1, remaining: 0 };
        },
        balance: async () => null,
      },
      files: { put: async (key, data) => ({ key, bytes: data.length, sha256: '' }) },
    });
    const key = await customer();
    const field = fc.constantFrom(
      'prompt',
      'seed',
      'size',
      'n',
      'duration',
      'image_urls',
      'mask_url',
      'metadata',
      'auto_fix',
      'callback_url',
      'aspect_ratio',
      '__proto__',
      'toString',
      'x/y~z',
    );
    const value = fc.oneof(
      fc.jsonValue(),
      fc.integer(),
      fc.double(),
      fc.array(
        fc.oneof(
          fc.webUrl(),
          fc.constant(PNG_URL),
          fc.string().map((s) => `data:${s}`),
          fc.string(),
        ),
      ),
      fc.dictionary(fc.string(), fc.string()),
    );
    const model = fc.constantFrom('studio-image-1', 'studio-video-1', 'studio-audio-1', 'loose-1');
    const type = fc.constantFrom<TaskType>('image', 'video', 'audio');
    const body = fc.oneof(
      fc.jsonValue(),
      fc
        .tuple(model, fc.array(fc.tuple(field, value)))
        .map(([name, fields]) =>
          JSON.parse(
            `{"model":${JSON.stringify(name)}${fields.map(([k, v]) => `,${JSON.stringify(k)}:${JSON.stringify(v) ?? 'null'}`).join('')}}`,
          ),
        ),
    );
    let priced = 0;
    await fc.assert(
      fc.asyncProperty(type, body, async (kind, content) => {
        const error = await submit(kind, content, { by: silent, key }).then(
          () => null,
          (thrown: unknown) => thrown,
        );
        assert.ok(TaskError.is(error), String(error));
        if (error.code === 'quota_exceeded') priced++;
        assert.notEqual(error.code, 'service_unavailable', String(error.cause));
        JSON.stringify(error);
      }),
      { numRuns: 800 },
    );
    assert.ok(priced > 0, 'some of them must have been accepted');
  });
});
