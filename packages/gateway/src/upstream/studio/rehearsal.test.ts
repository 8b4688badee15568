import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { classify, decide, dictionary, type Evidence, toClient } from '@sluice/errors';
import type { LookupOutcome } from '../adapter.ts';
import { rehearsals, renderRehearsalPage } from './rehearsal.ts';
import { exampleOf, REHEARSALS, type RehearsalRow, STAGES, type Stage } from './rehearsal-table.ts';
import { handleOf, jobOf, lastPoll, openTrial, type Trial } from './trial.ts';

/** What no upstream can be the cause of: the gateway says these itself. */
const NOT_AN_UPSTREAMS = new Set([
  'invalid_parameters/unknown_parameter',
  'invalid_parameters/invalid_task_id',
  'invalid_parameters/malformed_json',
  'invalid_parameters/unsupported_media_type',
  // A rehearsal of it would be a word that exists.
  'invalid_parameters/unknown_rehearsal',
]);

async function onTrial(test: (trial: Trial) => Promise<void>): Promise<void> {
  const trial = await openTrial();
  try {
    await test(trial);
  } finally {
    await trial.close();
  }
}

/** What the studio says when an error strikes at a stage, wherever the adapter hears it. */
async function evidenceOf(trial: Trial, words: string, attempt = 1): Promise<Evidence> {
  const outcome = await trial.adapter.submit(jobOf({ prompt: words }, { attempt }), trial.context());
  if (outcome.kind === 'rejected') return outcome.evidence;
  if (outcome.kind !== 'accepted') assert.fail(`${words} was ${outcome.kind}`);
  await trial.clock.advance(1_000);
  const last = await lastPoll(trial, outcome.handle);
  return last.kind === 'failed' ? last.evidence : assert.fail(`${words} ended as ${last.kind}`);
}

function assertKept(row: RehearsalRow, evidence: Evidence, stage: Stage): void {
  const verdict = classify(evidence);
  const error = toClient(verdict);
  const told = { code: error.code, subtype: error.subtype };
  assert.deepEqual(told, row.endsIn, `${exampleOf(row)}@${stage} by ${verdict.matched_rule}`);
}

describe('the rehearsals', () => {
  for (const row of REHEARSALS.filter(({ effect }) => effect.kind === 'error')) {
    it(`keeps the promise of ${exampleOf(row)}, at every stage and on every attempt`, () =>
      onTrial(async (trial) => {
        for (const stage of STAGES) {
          for (const attempt of [1, 3]) {
            assertKept(row, await evidenceOf(trial, `${exampleOf(row)}@${stage}`, attempt), stage);
          }
        }
      }));
  }

  for (const words of [
    'rehearse:no_such_word',
    'rehearse:service_error rehearse:slow/20s',
    'rehearse:flaky/2@now',
  ]) {
    it(`of which there is none are told as that: ${words}`, () =>
      onTrial(async (trial) => {
        const error = toClient(classify(await evidenceOf(trial, words)));
        assert.deepEqual(
          [error.code, error.subtype, error.param],
          ['invalid_parameters', 'unknown_rehearsal', 'prompt'],
        );
        assert.match(error.suggestion, /GET \/v1\/errors/);
      }));
  }

  it('says which part was blocked', () =>
    onTrial(async (trial) => {
      const stageAt = async (stage: Stage) =>
        classify(await evidenceOf(trial, `rehearse:content_policy_violation/adult@${stage}`)).stage;
      assert.equal(await stageAt('submit'), 'input');
      assert.equal(await stageAt('result'), 'output');
    }));

  it('hands the limits on to the client', () =>
    onTrial(async (trial) => {
      for (const row of REHEARSALS) {
        const limits = row.effect.kind === 'error' ? row.effect.refusal.error.limits : null;
        if (limits === null) continue;
        const { details } = toClient(classify(await evidenceOf(trial, exampleOf(row))));
        for (const [name, value] of Object.entries(limits)) {
          if (typeof value === 'number' || name === 'expected')
            assert.equal(details[name], value, `${row.word}: ${name}`);
        }
      }
    }));

  it('tells a client that is over its own limit how long to wait, at every stage, and moves no task elsewhere', () =>
    onTrial(async (trial) => {
      for (const [word, seconds] of [
        ['rate_limit', 7],
        ['concurrency_limit', 12],
        ['account_quota', null],
      ] as const) {
        for (const stage of STAGES) {
          const evidence = await evidenceOf(trial, `rehearse:quota_exceeded/${word}@${stage}`);
          const verdict = classify(evidence);
          assert.equal(verdict.details.whose, 'client');
          assert.equal(decide(verdict, evidence.phase).next, 'never');
          const { retry } = toClient(verdict);
          assert.equal(retry.after_seconds, seconds, `${word}@${stage}`);
          assert.equal(retry.retryable, seconds !== null);
        }
      }
    }));

  it('is heard in the phase where it strikes', () =>
    onTrial(async (trial) => {
      for (const [stage, phase] of [
        ['submit', 'submit'],
        ['running', 'poll'],
        ['result', 'result'],
      ] as const) {
        assert.equal((await evidenceOf(trial, `rehearse:service_error@${stage}`)).phase, phase);
      }
    }));

  it('reaches every code and sub-type that an upstream can cause', () => {
    const reached = new Set(
      REHEARSALS.map(({ endsIn }) => (endsIn === 'completed' ? endsIn : nameOf(endsIn.code, endsIn.subtype))),
    );
    const wanted = dictionary()
      .filter(({ scope }) => scope === 'task')
      .flatMap(({ code, subtypes }) =>
        subtypes.length > 0 ? subtypes.map(({ subtype }) => nameOf(code, subtype)) : [code],
      );
    assert.deepEqual(
      wanted.filter((name) => !reached.has(name) && !NOT_AN_UPSTREAMS.has(name)),
      [],
    );
  });

  it('shows retries with flaky: refused as often as it says, by an error that is tried again', () =>
    onTrial(async (trial) => {
      for (const attempt of [1, 2]) {
        const evidence = await evidenceOf(trial, 'rehearse:flaky/2', attempt);
        assert.notEqual(decide(classify(evidence), 'submit').next, 'never');
      }
      const handle = await handleOf(trial, jobOf({ prompt: 'rehearse:flaky/2' }, { attempt: 3 }));
      assert.equal((await lastPoll(trial, handle)).kind, 'finished');
    }));

  it('loses answers in three ways', () =>
    onTrial(async (trial) => {
      const lookups: [string, LookupOutcome['kind']][] = [];
      for (const words of [
        'rehearse:lost_answer',
        'rehearse:lost_answer/never_arrived',
        'rehearse:lost_answer/undecided',
      ]) {
        const job = jobOf({ prompt: words });
        assert.equal((await trial.adapter.submit(job, trial.context())).kind, 'unknown');
        await trial.restart('killed');
        const found = await trial.adapter.lookup?.(job.idempotencyKey, trial.context());
        lookups.push([words, found?.kind ?? 'undecided']);
        if (found?.kind === 'found') assert.equal((await lastPoll(trial, found.handle)).kind, 'finished');
      }
      assert.deepEqual(
        lookups.map(([, kind]) => kind),
        ['found', 'absent', 'undecided'],
      );
      const again = await handleOf(
        trial,
        jobOf({ prompt: 'rehearse:lost_answer/never_arrived' }, { attempt: 2 }),
      );
      assert.equal((await lastPoll(trial, again)).kind, 'finished');
    }));

  it('has polls that fail, and states nobody knows, and then finishes', () =>
    onTrial(async (trial) => {
      for (const [words, kind] of [
        ['unreachable_polls', 'unreachable'],
        ['unknown_state', 'unrecognized'],
      ] as const) {
        const handle = await handleOf(trial, jobOf({ prompt: `rehearse:${words}` }));
        for (let i = 0; i < 3; i++)
          assert.equal((await trial.adapter.poll(handle, trial.context())).kind, kind);
        assert.equal((await lastPoll(trial, handle)).kind, 'finished');
      }
    }));

  it('delivers nothing, broken bytes, or a web page as the result', () =>
    onTrial(async (trial) => {
      const outputsOf = async (words: string) => {
        const last = await lastPoll(trial, await handleOf(trial, jobOf({ prompt: words })));
        return last.kind === 'finished' ? last.outputs : assert.fail(`${words} ended as ${last.kind}`);
      };
      assert.deepEqual(await outputsOf('rehearse:empty_result'), []);

      const [broken] = await outputsOf('rehearse:corrupt_bytes');
      const bytes = broken?.kind === 'file' ? await readFile(broken.path, 'utf8') : '';
      assert.match(bytes, /^FIRST-BYTES: +$/);

      const [page] = await outputsOf('rehearse:wrong_kind');
      assert.equal(page?.mimeType, 'text/html');
      assert.match(page?.kind === 'file' ? await readFile(page.path, 'utf8') : '', /^<!doctype html>/);
    }));

  it('lets a job run for a second before it fails', () =>
    onTrial(async (trial) => {
      const handle = await handleOf(trial, jobOf({ prompt: 'rehearse:service_error' }));
      await trial.clock.advance(999);
      assert.equal((await trial.adapter.poll(handle, trial.context())).kind, 'running');
      await trial.clock.advance(1);
      assert.equal((await trial.adapter.poll(handle, trial.context())).kind, 'failed');
    }));

  it('takes its time: slow, for ever, and deaf to a cancel', () =>
    onTrial(async (trial) => {
      const [slow, endless, deaf] = await Promise.all(
        ['slow/20s', 'never_finishes', 'cannot_cancel'].map((words) =>
          handleOf(trial, jobOf({ prompt: `rehearse:${words}` })),
        ),
      );
      assert.ok(slow && endless && deaf);
      await trial.clock.advance(5_000);
      const early = await trial.adapter.poll(slow, trial.context());
      assert.equal(early.kind === 'running' ? early.progress : early.kind, 25);
      assert.equal((await trial.adapter.cancel(deaf, trial.context())).kind, 'not_possible');
      await trial.clock.advance(15_000);
      assert.equal((await lastPoll(trial, slow)).kind, 'finished');
      assert.equal((await lastPoll(trial, deaf)).kind, 'finished');

      await trial.clock.advance(24 * 3_600_000 - 60_000);
      assert.equal((await trial.adapter.poll(endless, trial.context())).kind, 'running');
      assert.equal((await trial.adapter.cancel(endless, trial.context())).kind, 'cancelled');
    }));

  it('delays the answer to a submit, and gives up with a caller who went away', () =>
    onTrial(async (trial) => {
      const prompt = 'rehearse:resource_exhausted@after=3s';
      const start = trial.clock.now();
      let answered = false;
      const outcome = trial.adapter.submit(jobOf({ prompt }), trial.context()).finally(() => {
        answered = true;
      });
      for (let i = 0; i < 1_000 && !answered; i++) await trial.clock.advance(100);
      assert.ok(answered && trial.clock.now() - start >= 3_000);
      assert.equal((await outcome).kind, 'rejected');

      const caller = new AbortController();
      const given_up = trial.adapter.submit(jobOf({ prompt }), { clock: trial.clock, signal: caller.signal });
      await trial.clock.advance(1_000);
      caller.abort();
      assert.equal((await given_up).kind, 'unknown');
    }));

  it('is listed whole, in data and on its page', () => {
    const page = renderRehearsalPage();
    assert.equal(rehearsals().length, REHEARSALS.length);
    assert.equal(new Set(REHEARSALS.map(({ word }) => word)).size, REHEARSALS.length);
    for (const { words, description } of rehearsals()) {
      assert.ok(page.includes(`\`${words}\``), words);
      assert.ok(page.includes(description), words);
    }
  });
});

const nameOf = (code: string, subtype: string | null) => (subtype === null ? code : `${code}/${subtype}`);
