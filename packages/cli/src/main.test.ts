import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { TaskError } from '@sluice/errors';
import {
  completed,
  event,
  failed,
  type Reply,
  type SeenRequest,
  startFakeGateway,
  TASK_ID,
  unfinished,
} from '../../client/src/testing/fake-gateway.ts';
import { runCli } from './testing/run-cli.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-cli-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const BYTES = new TextEncoder().encode('clip');
const MISMATCH = new TaskError('image_dimension_mismatch', {
  because: 'image_urls[0] is 720x1280.',
  param: 'image_urls[0]',
  details: { expected: '1280x720', actual: '720x1280' },
  fixes: [{ op: 'resize', param: 'image_urls[0]', to: '1280x720' }],
  requestId: 'req_1',
});

/** A gateway with one model whose tasks end as told. */
async function fakeStudio(end: 'completed' | 'damaged' | TaskError) {
  let url = '';
  const gateway = await startFakeGateway(({ path, method }: SeenRequest): Reply => {
    if (path === '/v1/models') {
      return {
        json: { object: 'list', data: [{ id: 'studio-video-1', type: 'video', status: 'available' }] },
      };
    }
    if (path.startsWith('/r/')) return { bytes: BYTES, type: 'video/mp4' };
    if (path.endsWith('/events'))
      return { stream: [event(1, unfinished(50)), event(2, final())], ending: 'end' };
    if (path.startsWith('/v1/tasks?'))
      return { json: { data: [final(), unfinished(50)], total: 7, page: 1, page_size: 2 } };
    if (path.endsWith('/cancel')) return { json: failed(new TaskError('request_cancelled')) };
    assert.equal(method, 'POST');
    return { json: unfinished(0) };
  });
  url = gateway.url;
  function final() {
    if (TaskError.is(end)) return failed(end);
    const task = completed(`${url}/r/${TASK_ID}/${TASK_ID}-1.mp4?e=1&s=x`);
    const sha256 = createHash('sha256')
      .update(end === 'damaged' ? 'other' : BYTES)
      .digest('hex');
    return { ...task, result_data: task.result_data.map((result) => ({ ...result, sha256 })) };
  }
  return Object.assign(gateway, { env: { SLUICE_URL: gateway.url, SLUICE_API_KEY: 'sk-test' } });
}

test('generate sends local files and parameters, shows the way, and saves the result under its path', async () => {
  await using gateway = await fakeStudio('completed');
  const photo = join(folder, 'cat.PNG');
  await writeFile(photo, 'png');

  const run = await runCli(
    ['generate', 'video', 'a cat', '--image', photo, '--image', 'https://x.test/b.jpg']
      .concat(['--param', 'duration=3', '--param', 'aspect_ratio=16:9', '--param', 'metadata={"a":"b"}'])
      .concat(['--out', join(folder, 'new')]),
    gateway.env,
  );

  assert.equal(run.code, 0, run.err);
  const file = join(folder, 'new', `${TASK_ID}-1.mp4`);
  assert.equal(run.out, `${file}\n`, 'standard output holds the path and nothing else');
  assert.equal(await readFile(file, 'utf8'), 'clip');
  assert.match(run.err, /processing 50%\n {2}completed 100%/);
  const submit = gateway.requests.find(({ method }) => method === 'POST');
  assert.equal(submit?.headers.authorization, 'Bearer sk-test');
  assert.deepEqual(submit?.body, {
    model: 'studio-video-1',
    prompt: 'a cat',
    image_urls: ['data:image/png;base64,cG5n', 'https://x.test/b.jpg'],
    duration: 3,
    aspect_ratio: '16:9',
    metadata: { a: 'b' },
  });
});

test('a failed task is explained on standard error and ends with exit code 1', async () => {
  await using gateway = await fakeStudio(MISMATCH);
  const run = await runCli(['generate', 'video', 'a cat', '--out', folder], gateway.env);
  assert.equal(run.code, 1);
  assert.equal(run.out, '');
  for (const part of [
    '✗ image_dimension_mismatch',
    'image_urls[0] is 720x1280.',
    'No: the very same request cannot succeed',
  ]) {
    assert.ok(run.err.includes(part), `${part} is missing in\n${run.err}`);
  }
  assert.match(run.err, /details +expected 1280x720, actual 720x1280/);
  assert.match(run.err, /auto_fix +resize image_urls\[0\] to 1280x720/);
  assert.ok(!run.err.includes('\x1b['), 'no colours where nobody looks');
});

test('a result that does not have the promised hash is not saved', async () => {
  await using gateway = await fakeStudio('damaged');
  const run = await runCli(['wait', TASK_ID, '--out', folder], gateway.env);
  assert.equal(run.code, 1);
  assert.match(run.err, /damaged on its way/);
  assert.deepEqual(await readdir(folder), []);
});

test('wait prints the links, list the states, cancel what became of it', async () => {
  await using gateway = await fakeStudio('completed');
  const waited = await runCli(['wait', TASK_ID], gateway.env);
  assert.match(waited.out, new RegExp(`^${gateway.url}/r/.*\\n$`));

  const listed = await runCli(['list', '--status', 'processing', '--limit', '2'], gateway.env);
  assert.match(listed.out, /completed +2026-03-04 \d\d:\d\d:\d\d\n.*processing 50%/);
  assert.equal(gateway.requests.at(-1)?.path, '/v1/tasks?page_size=2&status=processing');
  assert.match(listed.err, /2 of 7/);

  const cancelled = await runCli(['cancel', TASK_ID], gateway.env);
  assert.match(cancelled.out, /is cancelled; it cost nothing/);
});

test('Ctrl-C ends the command but not the task, and says how to go on', async () => {
  await using gateway = await startFakeGateway(({ path }: SeenRequest): Reply => {
    if (path.endsWith('/events')) return { stream: [event(1, unfinished(50))], ending: 'silence' };
    return { json: unfinished(50) };
  });
  const run = await runCli(
    ['wait', TASK_ID, '--out', folder],
    { SLUICE_URL: gateway.url, SLUICE_API_KEY: 'k' },
    folder,
    { signal: 'SIGINT', onceItSays: 'processing 50%' },
  );
  assert.equal(run.code, 130, run.err);
  assert.match(
    run.err,
    new RegExp(
      `The task goes on\\.\\n[\\s\\S]*sluice wait ${TASK_ID} --out ${folder}\\n.*sluice cancel ${TASK_ID}`,
    ),
  );
});

const REFUSED: readonly (readonly [string, readonly string[], RegExp])[] = [
  ['no key', ['list'], /An API key is needed/],
  [
    'a strange address',
    ['list', '--url', 'localhost', '--key', 'k'],
    /"localhost" is not the address of a gateway/,
  ],
  ['an unknown kind', ['generate', 'song', 'x', '--key', 'k'], /image, video or audio, not "song"/],
  [
    'a broken parameter',
    ['generate', 'image', 'x', '--param', 'seed', '--key', 'k'],
    /write it as name=value/,
  ],
  [
    'a missing file',
    ['generate', 'image', 'x', '--image', 'no.png', '--key', 'k'],
    /no\.png cannot be read: there is no such file/,
  ],
  [
    'a folder that is a file',
    ['generate', 'image', 'x', '--out', import.meta.filename, '--key', 'k'],
    /Nothing can be saved in --out .*main\.test\.ts: there is a file in its place/,
  ],
  [
    'a folder inside a file',
    ['wait', TASK_ID, '--out', `${import.meta.filename}/x`, '--key', 'k'],
    /there is a file in its place. Give a folder/,
  ],
  ['an unknown status', ['list', '--status', 'done', '--key', 'k'], /--status is one of pending/],
  ['a limit out of range', ['list', '--limit', '1000', '--key', 'k'], /whole number from 1 to 100/],
  ['an unknown command', ['lost'], /unknown command 'lost'/],
  [
    'a gateway that is not there',
    ['list', '--url', 'http://127.0.0.1:9', '--key', 'k'],
    /could not be reached/,
  ],
];
for (const [what, args, message] of REFUSED) {
  test(`${what} is said plainly, without a stack`, async () => {
    const run = await runCli([...args], {}, folder);
    assert.equal(run.code, 1);
    assert.match(run.err, message);
    assert.doesNotMatch(run.err, /\n\s+at /);
    assert.equal(run.out, '');
  });
}
