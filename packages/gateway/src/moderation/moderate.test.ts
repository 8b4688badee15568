import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TaskError } from '@sluice/errors';
import { ManualClock } from '../clock.ts';
import { type Decisions, overrule } from './decisions.ts';
import type { Detector, Finding, Subject } from './detector.ts';
import { createModerator, type InputRequest, type Moderated, type Picture } from './moderate.ts';
import { DEFAULT_POLICY, type Policy } from './policy.ts';
import { memoryDecisions } from './testing/memory-decisions.ts';
import { BUILT_IN_PACKS, createTextRules, readPacks } from './text/rules.ts';

const text = createTextRules(readPacks(BUILT_IN_PACKS));

function open(options: { policy?: Partial<Policy>; detectors?: Detector[]; decisions?: Decisions } = {}) {
  const decisions = options.decisions ?? memoryDecisions();
  const lost: string[] = [];
  let count = 0;
  const moderator = createModerator({
    policy: { ...DEFAULT_POLICY, ...options.policy },
    detectors: [text, ...(options.detectors ?? [])],
    decisions,
    clock: new ManualClock(),
    randomId: () => `id${++count}`,
    onRecordFailed: (_, id) => lost.push(id),
  });
  return { moderator, decisions, lost };
}

function request(params: InputRequest['params'], pictures: readonly Picture[] = []): InputRequest {
  return {
    taskId: 'task-unified-1-abc',
    requestId: 'req_1',
    accountId: 'default',
    keyId: 'key1',
    model: 'studio-image-1',
    params,
    pictures,
    clips: [],
    signal: new AbortController().signal,
  };
}

function picture(input = 'image_urls[0]'): Picture & { reads: number } {
  return {
    input,
    mimeType: 'image/png',
    reads: 0,
    async read() {
      this.reads++;
      return new Uint8Array([1]);
    },
  };
}

function seeing(found: Partial<Finding>, seen: Subject[] = []): Detector {
  return {
    name: 'eyes',
    looksAt: ['image'],
    async detect(subject) {
      seen.push(subject);
      const base = {
        score: 0.9,
        stage: subject.stage,
        input: subject.input,
        detector: 'eyes',
        rule: null,
        why: 'seen',
        spans: [],
        absolute: false,
      };
      return { kind: 'findings', findings: [{ category: 'adult', ...base, ...found }] };
    },
  };
}

const blind: Detector = {
  name: 'blind',
  looksAt: ['text', 'image'],
  detect: async () => ({ kind: 'failed', reason: 'down' }),
};

async function refused(work: Promise<Moderated>): Promise<TaskError> {
  try {
    assert.fail(`passed: ${JSON.stringify(await work)}`);
  } catch (error) {
    assert.ok(TaskError.is(error), String(error));
    return error;
  }
}

describe('moderation', () => {
  it('passes what is harmless without a trace', async () => {
    const { moderator, decisions } = open();
    const outcome = await moderator.checkInput(request({ prompt: 'an apple on a table' }));
    assert.deepEqual(outcome, { kind: 'passed', findings: [], decisionId: null });
    assert.deepEqual(await decisions.recent(10), []);
  });

  it('refuses with what, where, how sure, and an id to look up', async () => {
    const { moderator, decisions } = open();
    const error = await refused(moderator.checkInput(request({ prompt: 'a boat', style: 'n.u.d.e' })));
    assert.equal(error.code, 'content_policy_violation');
    assert.equal(error.subtype, 'adult');
    assert.equal(error.param, 'style');
    assert.deepEqual(error.details, {
      stage: 'input',
      category: 'adult',
      score: 0.9,
      threshold: 0.7,
      decision_id: 'mod_id1',
    });
    assert.match(error.message, /^Content policy violation: nudity detected\.\nstyle /);

    const record = await decisions.find('mod_id1');
    assert.equal(record?.taskId, 'task-unified-1-abc');
    assert.deepEqual(
      record?.findings.map(({ rule, spans }) => ({ rule, spans })),
      [{ rule: 'adult.nudity', spans: [{ start: 0, end: 7 }] }],
    );
  });

  it('names every place at once, each a decision of its own that is overruled alone', async () => {
    const { moderator, decisions } = open({ detectors: [seeing({ rule: 'skin' })] });
    const words = { prompt: 'a boat', style: 'n.u.d.e', title: 'Taylor Swift' };
    const error = await refused(moderator.checkInput(request(words, [picture(), picture('mask_url')])));
    assert.equal(error.param, 'style', 'of equally grave ones the first');
    assert.match(error.message, /There are 3 more problems: see `issues`\./);
    const issues = error.issues.map(({ param, subtype, details }) => [param, subtype, details.decision_id]);
    assert.deepEqual(issues, [
      ['style', 'adult', 'mod_id1'],
      ['title', 'celebrity_likeness', 'mod_id2'],
      ['image_urls[0]', 'adult', 'mod_id3'],
      ['mask_url', 'adult', 'mod_id4'],
    ]);
    assert.doesNotMatch(error.issues[1]?.message ?? '', /more problem/);
    assert.deepEqual(
      (await decisions.find('mod_id2'))?.findings.map(({ input }) => input),
      ['title'],
    );
    await overrule(decisions, 'mod_id2', { by: null, now: 1 });
    const again = await refused(moderator.checkInput(request(words, [picture(), picture('mask_url')])));
    assert.deepEqual(
      again.issues.map(({ param }) => param),
      ['style', 'image_urls[0]', 'mask_url'],
    );
  });

  it('keeps and tells nothing of the content', async () => {
    const { moderator, decisions } = open();
    const error = await refused(moderator.checkInput(request({ prompt: 'Taylor Swift, zebrafish, n4ked' })));
    const kept = JSON.stringify([error, error.message, await decisions.recent(10)]);
    assert.doesNotMatch(kept, /taylor|swift|zebra|n4ked|naked/i);
  });

  it('reads every text that steers, but not what is to be avoided', async () => {
    const { moderator } = open();
    const passed = await moderator.checkInput(
      request({
        prompt: 'a boat',
        negative_prompt: 'nude, gore',
        negative_tags: 'nude',
        image_urls: ['https://nude.example'],
        seed: 1,
      }),
    );
    assert.equal(passed.kind, 'passed');
    const nested = await refused(
      moderator.checkInput(request({ prompt: 'a boat', shots: [{ prompt: 'sea' }, { prompt: 'nude' }] })),
    );
    assert.equal(nested.param, 'shots[1].prompt');
  });

  it('sees a sense that is split over two fields', async () => {
    const { moderator } = open({ policy: { mode: 'off' } });
    const error = await refused(moderator.checkInput(request({ prompt: 'a 12 year old', style: 'naked' })));
    assert.equal(error.subtype, 'minor_protection');
    assert.equal(error.details.threshold, null);
  });

  it('asks nobody but the text rules where it is off', async () => {
    const asked: Subject[] = [];
    const { moderator } = open({
      policy: { mode: 'off' },
      detectors: [{ ...seeing({}, asked), looksAt: ['text', 'image'] }],
    });
    assert.equal((await moderator.checkInput(request({ prompt: 'nude' }, [picture()]))).kind, 'passed');
    assert.deepEqual(asked, []);
  });

  it('shows pictures to the detectors that want them, and reads them for nobody else', async () => {
    const image = picture();
    assert.equal((await open().moderator.checkInput(request({ prompt: 'x' }, [image]))).kind, 'passed');
    assert.equal(image.reads, 0);
    const seen: Subject[] = [];
    const { moderator } = open({ detectors: [seeing({}, seen)] });
    const error = await refused(moderator.checkInput(request({ prompt: 'x' }, [image])));
    assert.equal(error.param, 'image_urls[0]');
    assert.deepEqual(
      seen.map(({ kind, stage }) => `${kind} ${stage}`),
      ['image input'],
    );
  });

  it('looks at results where the policy says so', async () => {
    const detectors = [seeing({})];
    const results = request({}, [picture('results[0]')]);
    assert.equal((await open({ detectors }).moderator.checkOutput(results)).kind, 'passed');
    const error = await refused(
      open({ detectors, policy: { results: true } }).moderator.checkOutput(results),
    );
    assert.equal(error.details.stage, 'output');
    assert.equal(error.param, null);
  });

  it('monitors: passes, and writes down what it would have blocked', async () => {
    const { moderator, decisions } = open({ policy: { mode: 'monitor' } });
    const outcome = await moderator.checkInput(request({ prompt: 'nude' }));
    assert.ok(outcome.kind === 'passed' && outcome.decisionId !== null);
    assert.equal((await decisions.find(outcome.decisionId))?.verdict.kind, 'report');
  });

  it('does with a detector that is down what the policy says', async () => {
    const run = (onError: Policy['onError'], prompt = 'a boat') =>
      open({ policy: { onError }, detectors: [blind] }).moderator.checkInput(request({ prompt }));
    assert.equal((await run('allow')).kind, 'passed');
    assert.equal((await run('queue')).kind, 'later');
    const error = await refused(run('block'));
    assert.equal(error.code, 'service_unavailable', 'nobody is accused of what nobody saw');
    assert.equal((await refused(run('allow', 'nude'))).code, 'content_policy_violation');
    assert.equal((await refused(run('queue', 'nude'))).code, 'content_policy_violation');
  });

  it('holds a decision that could not be written down', async () => {
    const decisions = { ...memoryDecisions(), record: async () => Promise.reject(new Error('full')) };
    const { moderator, lost } = open({ decisions });
    assert.equal((await refused(moderator.checkInput(request({ prompt: 'nude' })))).subtype, 'adult');
    assert.deepEqual(lost, ['mod_id1']);
  });
});

describe('an overrule', () => {
  it('lets the rule pass for the key, until it is taken back', async () => {
    const { moderator, decisions } = open();
    const task = request({ prompt: 'a nude woman' });
    await refused(moderator.checkInput(task));
    assert.equal((await overrule(decisions, 'mod_id1', { by: null, now: 1 })).kind, 'overruled');
    assert.equal((await moderator.checkInput(task)).kind, 'passed');
    await refused(moderator.checkInput({ ...task, keyId: 'key2' }));
    await refused(moderator.checkInput(request({ prompt: 'a nude woman, gore' })));
    await decisions.removeOverrules('mod_id1', null);
    await refused(moderator.checkInput(task));
  });

  it('is refused where nothing can be overruled', async () => {
    const { moderator, decisions } = open({ detectors: [seeing({ category: 'photorealistic_people' })] });
    await refused(moderator.checkInput(request({ prompt: 'nude child' })));
    await refused(moderator.checkInput(request({ prompt: 'nude' }, [picture()])));
    assert.equal((await overrule(decisions, 'mod_id1', { by: null, now: 1 })).kind, 'not_allowed');
    assert.equal((await overrule(decisions, 'mod_id2', { by: null, now: 1 })).kind, 'not_allowed');
    assert.equal((await overrule(decisions, 'mod_none', { by: null, now: 1 })).kind, 'unknown_decision');
  });

  it('is remembered with the decisions, of which the oldest are forgotten', async () => {
    const decisions = memoryDecisions(2);
    const { moderator } = open({ decisions });
    for (let i = 0; i < 3; i++) await refused(moderator.checkInput(request({ prompt: 'nude' })));
    assert.deepEqual(
      (await decisions.recent(9)).map(({ id }) => id),
      ['mod_id3', 'mod_id2'],
    );
    assert.equal(await decisions.find('mod_id1'), null);
  });
});
