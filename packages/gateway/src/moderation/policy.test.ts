import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { CATEGORIES, type Finding } from './detector.ts';
import { DEFAULT_POLICY, decide, type Mode, type Policy, rulesFor, type Threshold } from './policy.ts';

const finding = (over: Partial<Finding>): Finding => ({
  category: 'adult',
  score: 0.9,
  stage: 'input',
  input: 'prompt',
  detector: 'text-rules',
  rule: 'adult.nudity',
  why: 'nudity',
  spans: [],
  absolute: false,
  ...over,
});
const sexualisedMinor = finding({
  category: 'minor_protection',
  rule: 'minors.sexual',
  absolute: true,
  score: 0,
});
const never = () => false;
const always = () => true;
const rules = (over: Partial<Policy> = {}) => ({ ...DEFAULT_POLICY, ...over });

const anyFinding = fc
  .record({
    category: fc.constantFrom(...CATEGORIES),
    score: fc.double({ min: 0, max: 1, noNaN: true }),
    stage: fc.constantFrom('input' as const, 'output' as const),
    input: fc.constantFrom('prompt', 'image_urls[0]'),
    absolute: fc.constant(false),
  })
  .map(finding);
const anyThreshold = fc.oneof(fc.constant<Threshold>('off'), fc.double({ min: 0, max: 1, noNaN: true }));
const anyRules = fc
  .record({
    mode: fc.constantFrom<Mode>('enforce', 'monitor', 'off'),
    threshold: anyThreshold,
  })
  .map(({ mode, threshold }) => {
    const thresholds = { ...DEFAULT_POLICY.thresholds };
    for (const category of CATEGORIES) thresholds[category] = threshold;
    return rules({ mode, thresholds });
  });

describe('the policy', () => {
  it('blocks from the threshold on, and tells the finding and the number', () => {
    assert.equal(decide([finding({ score: 0.69 })], rules(), never).kind, 'allow');
    const verdict = decide([finding({ score: 0.7 })], rules(), never);
    assert.ok(verdict.kind === 'block' && verdict.by === 'threshold');
    assert.equal(verdict.threshold, 0.7);
    assert.equal(verdict.deciding.rule, 'adult.nudity');
  });

  it('takes two frames of one video for two places', () => {
    const minor = finding({ category: 'minor_protection', score: 0.5, input: 'results[0]', atSeconds: 1 });
    const adult = finding({ score: 0.6, input: 'results[0]', atSeconds: 3 });
    const verdict = decide([minor, adult], rules(), never);
    assert.ok(verdict.kind === 'block' && verdict.by === 'sexualised_minor');
    assert.equal(decide([minor, { ...adult, atSeconds: 1 }], rules(), never).kind, 'allow');
  });

  it('reports where it monitors, and does nothing where it is off', () => {
    assert.equal(decide([finding({})], rules({ mode: 'monitor' }), never).kind, 'report');
    assert.equal(decide([finding({})], rules({ mode: 'off' }), never).kind, 'allow');
  });

  it('lets pass what was overruled, and only that', () => {
    const overruled = (one: Finding) => one.rule === 'adult.nudity';
    assert.equal(decide([finding({})], rules(), overruled).kind, 'allow');
    const verdict = decide(
      [finding({}), finding({ category: 'violence', rule: 'violence.gore' })],
      rules(),
      overruled,
    );
    assert.ok(verdict.kind === 'block' && verdict.deciding.category === 'violence');
  });

  it('blocks a sexualised minor whatever mode, threshold and overrules say', () => {
    fc.assert(
      fc.property(fc.array(anyFinding), fc.array(anyFinding), anyRules, (before, after, policy) => {
        const verdict = decide([...before, sexualisedMinor, ...after], policy, always);
        assert.ok(verdict.kind === 'block' && verdict.by === 'sexualised_minor');
      }),
    );
  });

  it('takes a picture of a minor under an adult prompt for the same', () => {
    const minor = finding({ category: 'minor_protection', input: 'image_urls[0]', score: 0.5 });
    assert.equal(decide([finding({}), minor], rules({ mode: 'off' }), always).kind, 'block');
    assert.equal(decide([finding({ score: 0.5 }), minor], rules(), never).kind, 'allow');
  });

  it('blocks a face with adult content past thresholds and overrules, at the same stage', () => {
    const off = rules({ thresholds: { ...DEFAULT_POLICY.thresholds, adult: 'off' } });
    const face = finding({ category: 'photorealistic_people', input: 'image_urls[0]', score: 0.8 });
    const verdict = decide([face, finding({})], off, always);
    assert.ok(verdict.kind === 'block' && verdict.by === 'face_and_adult');
    assert.equal(decide([face], off, never).kind, 'allow', 'a face alone');
    assert.equal(decide([finding({})], off, never).kind, 'allow', 'adult content alone');
    assert.equal(decide([{ ...face, stage: 'output' }, finding({})], off, never).kind, 'allow');
    assert.equal(decide([face, finding({})], { ...off, mode: 'monitor' }, never).kind, 'report');
  });

  it('never blocks less for more findings', () => {
    const weight = { allow: 0, report: 1, block: 2 };
    fc.assert(
      fc.property(fc.array(anyFinding), anyFinding, anyRules, (findings, more, policy) => {
        const [without, withIt] = [
          decide(findings, policy, never),
          decide([more, ...findings], policy, never),
        ];
        assert.ok(weight[withIt.kind] >= weight[without.kind]);
      }),
    );
  });
});

describe('overrides', () => {
  it("apply from the account's to the key's, threshold by threshold", () => {
    const policy: Policy = {
      ...DEFAULT_POLICY,
      accounts: new Map([['studio', { mode: 'monitor', thresholds: { adult: 0.9, violence: 0.8 } }]]),
      models: new Map([['portrait', { thresholds: { photorealistic_people: 0.6 } }]]),
      keys: new Map([['key1', { thresholds: { adult: 'off' } }]]),
    };
    const { mode, thresholds } = rulesFor(policy, { accountId: 'studio', model: 'portrait', keyId: 'key1' });
    assert.equal(mode, 'monitor');
    assert.deepEqual(thresholds, {
      ...DEFAULT_POLICY.thresholds,
      adult: 'off',
      violence: 0.8,
      photorealistic_people: 0.6,
    });
    assert.equal(rulesFor(policy, { accountId: 'a', model: 'm', keyId: 'k' }).thresholds.adult, 0.7);
  });
});
