import assert from 'node:assert/strict';
import { readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { classify, type Evidence } from '@sluice/errors';
import type { JsonValue } from '../../json.ts';
import type { PollOutcome, SubmitJob } from '../adapter.ts';
import { REMEMBERED_MS } from './jobs.ts';
import { RenderFailure } from './render/renderer.ts';
import { handleOf, inputOf, jobOf, lastPoll, openTrial, type Rendering, type Trial } from './trial.ts';

async function onTrial(test: (trial: Trial) => Promise<void>, rendering?: () => Rendering): Promise<void> {
  const trial = await openTrial(rendering);
  try {
    await test(trial);
  } finally {
    await trial.close();
  }
}

const poll = (trial: Trial, handle: JsonValue) => trial.adapter.poll(handle, trial.context());
const codeOf = (evidence: Evidence) => classify(evidence).code;
const folderOf = (trial: Trial, handle: JsonValue) =>
  join(trial.folder, JSON.parse(JSON.stringify(handle)).job);

function failed(outcome: PollOutcome): Evidence {
  return outcome.kind === 'failed' ? outcome.evidence : assert.fail(`ended as ${outcome.kind}`);
}

async function refused(trial: Trial, job: SubmitJob): Promise<Evidence> {
  const outcome = await trial.adapter.submit(job, trial.context());
  return outcome.kind === 'rejected' ? outcome.evidence : assert.fail(`the job was ${outcome.kind}`);
}

async function untilRendered(trial: Trial, count: number): Promise<void> {
  for (let i = 0; i < 1_000 && trial.rendered.length < count; i++) await trial.clock.advance(0);
  assert.equal(trial.rendered.length, count);
}

describe('the studio', () => {
  for (const how of ['closed', 'killed'] as const) {
    it(`renders again, to the same bytes, what was unfinished when it was ${how}`, async () => {
      let rendering: Rendering = 'hold';
      await onTrial(
        async (trial) => {
          const handle = await handleOf(trial, jobOf({}));
          await untilRendered(trial, 1);
          assert.equal((await poll(trial, handle)).kind, 'running');

          rendering = 'at_once';
          await trial.restart(how);
          assert.equal((await lastPoll(trial, handle)).kind, 'finished');
          assert.equal(trial.rendered.length, 2);
          assert.deepEqual(trial.rendered[1], trial.rendered[0]);
        },
        () => rendering,
      );
    });
  }

  it('does not render twice what was finished before a restart', () =>
    onTrial(async (trial) => {
      const handle = await handleOf(trial, jobOf({}));
      const before = await lastPoll(trial, handle);
      await trial.restart('closed');
      assert.deepEqual(await lastPoll(trial, handle), before);
      assert.equal(trial.rendered.length, 1);
    }));

  it('keeps the inputs with the job', () =>
    onTrial(async (trial) => {
      const job = jobOf({}, { inputs: [inputOf({ index: 1 }), inputOf({ index: 0, param: 'image_urls' })] });
      await lastPoll(trial, await handleOf(trial, job));
      const [rendered] = trial.rendered;
      const inputs = rendered?.kind === 'image' ? rendered.inputs : [];
      assert.deepEqual(
        inputs.map(({ path }) => path.slice(-4)),
        ['in-1', 'in-0'],
        'in the order of their index',
      );
      for (const { path } of inputs) assert.ok((await stat(path)).size > 0);
    }));

  it('forgets a half-written job, and has nothing of it after a restart', () =>
    onTrial(async (trial) => {
      await handleOf(trial, jobOf({}));
      await writeFile(join(trial.folder, '.incoming', 'half'), 'half a job');
      await handleOf({ ...trial, adapter: await trial.restart('killed') }, jobOf({}));
      assert.deepEqual(await readdir(join(trial.folder, '.incoming')), []);
    }));

  it('keeps outputs until they are released, and the job for a day', () =>
    onTrial(async (trial) => {
      const job = jobOf({});
      const handle = await handleOf(trial, job);
      await lastPoll(trial, handle);
      assert.ok((await readdir(folderOf(trial, handle))).includes('out'));

      await trial.adapter.release?.(handle);
      assert.deepEqual((await readdir(folderOf(trial, handle))).toSorted(), ['end.json', 'job.json']);
      assert.equal(codeOf(failed(await poll(trial, handle))), 'resource_not_found');
      assert.equal((await trial.adapter.lookup?.(job.idempotencyKey, trial.context()))?.kind, 'found');
    }));

  it('sweeps jobs a day old and leaves younger ones', () =>
    onTrial(async (trial) => {
      const old = await handleOf(trial, jobOf({}));
      await lastPoll(trial, old);
      await trial.clock.advance(REMEMBERED_MS / 2);
      const young = await handleOf(trial, jobOf({}));
      await lastPoll(trial, young);
      await trial.clock.advance(REMEMBERED_MS / 2);
      // Closing waits for the sweep under way.
      await trial.restart('closed');
      assert.equal(codeOf(failed(await poll(trial, old))), 'resource_not_found');
      assert.equal((await poll(trial, young)).kind, 'finished');
    }));

  it('stops a rendering, for good', () =>
    onTrial(
      async (trial) => {
        const handle = await handleOf(trial, jobOf({}));
        await untilRendered(trial, 1);
        assert.deepEqual(await trial.adapter.cancel(handle, trial.context()), { kind: 'cancelled' });
        assert.equal(codeOf(failed(await poll(trial, handle))), 'request_cancelled');
        await trial.restart('killed');
        assert.equal(codeOf(failed(await poll(trial, handle))), 'request_cancelled');
        assert.equal(trial.rendered.length, 1);
      },
      () => 'hold',
    ));

  it('keeps to its word that a job was stopped, even where the rendering was done at that moment', () =>
    onTrial(
      async (trial) => {
        const handle = await handleOf(trial, jobOf({}));
        await untilRendered(trial, 1);
        await trial.adapter.cancel(handle, trial.context());
        // Closing waits until the rendering is over.
        await trial.restart('closed');
        assert.equal(codeOf(failed(await poll(trial, handle))), 'request_cancelled');
      },
      () => 'deaf',
    ));

  it('says whose fault a failed rendering is', async () => {
    for (const [reason, code, logged] of [
      ['unreadable_input', 'image_processing_error', []],
      ['crashed', 'service_error', ['a studio job failed']],
      ['failed', 'service_error', ['a studio job failed']],
    ] as const) {
      await onTrial(
        async (trial) => {
          const job = jobOf({}, { inputs: [inputOf()] });
          const evidence = failed(await lastPoll(trial, await handleOf(trial, job)));
          assert.equal(codeOf(evidence), code);
          assert.equal(classify(evidence).param, code === 'service_error' ? null : 'image_urls[0]');
          assert.deepEqual(trial.logged, logged);
        },
        () => new RenderFailure(reason, 'no luck'),
      );
    }
  });

  it('checks again what the gateway should have checked', () =>
    onTrial(async (trial) => {
      const small = inputOf({ width: 200 });
      assert.equal(codeOf(await refused(trial, jobOf({}, { inputs: [small] }))), 'invalid_parameters');
      const portrait = inputOf({ width: 720, height: 1280 });
      const clip = { upstreamModel: 'studio-video-1', inputs: [portrait] };
      const evidence = await refused(trial, jobOf({ aspect_ratio: '1280x720' }, clip));
      assert.equal(codeOf(evidence), 'image_dimension_mismatch');
      assert.deepEqual(classify(evidence).details, { expected: '1280x720', actual: '720x1280' });
    }));

  it('refuses a mistyped rehearsal and names the word that was meant', () =>
    onTrial(async (trial) => {
      const evidence = await refused(trial, jobOf({ prompt: 'rehearse:service_eror' }));
      assert.equal(codeOf(evidence), 'invalid_parameters');
      assert.match(JSON.stringify(evidence.body), /did you mean rehearse:service_error\?/);
    }));

  it('refuses a key that was used for another request', () =>
    onTrial(async (trial) => {
      const job = jobOf({});
      await handleOf(trial, job);
      const evidence = await refused(trial, { ...job, params: { prompt: 'something else' } });
      assert.equal(evidence.status, 409);
    }));

  it('takes no more jobs than it can queue', () =>
    onTrial(
      async (trial) => {
        await Promise.all(Array.from({ length: 30 }, () => handleOf(trial, jobOf({}))));
        assert.equal(codeOf(await refused(trial, jobOf({}))), 'resource_exhausted');
      },
      () => 'hold',
    ));

  it('answers as a broken service where its folder cannot be used', async () => {
    const trial = await openTrial();
    const file = join(trial.folder, 'a-file');
    await writeFile(file, '');
    const blocked = await openTrial(() => 'at_once', file);
    const evidence = await refused(blocked, jobOf({}));
    assert.equal(codeOf(evidence), 'service_error');
    assert.equal((await blocked.adapter.poll({ job: 'job-1' }, blocked.context())).kind, 'unreachable');
    await blocked.adapter.close?.();
    await trial.close();
  });
});
