import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readRehearsal } from './rehearsal-prompt.ts';
import { exampleOf, REHEARSALS, STAGES } from './rehearsal-table.ts';

function read(prompt: string) {
  const reading = readRehearsal(prompt);
  return reading.kind === 'rehearsal'
    ? reading.rehearsal
    : assert.fail(`${prompt}: ${JSON.stringify(reading)}`);
}

function complaint(prompt: string): string {
  const reading = readRehearsal(prompt);
  return reading.kind === 'unreadable' ? reading.message : assert.fail(`${prompt} was read`);
}

describe('the rehearsal in a prompt', () => {
  it('finds every word of the table, wherever it stands', () => {
    for (const row of REHEARSALS) {
      const words = exampleOf(row);
      for (const prompt of [words, `a boat ${words}.`, `"${words}", a boat`, words.toUpperCase()]) {
        const found = read(prompt);
        assert.equal(found.effect, row.effect, prompt);
        assert.equal(found.stage, row.stage);
        assert.equal(found.number, row.number?.example ?? 0);
      }
    }
  });

  it('lets errors strike at any stage, later', () => {
    for (const row of REHEARSALS.filter(({ effect }) => effect.kind === 'error')) {
      for (const stage of STAGES) {
        const found = read(`${exampleOf(row)}@${stage}@after=3s`);
        assert.deepEqual([found.stage, found.afterMs], [stage, 3_000]);
      }
    }
    assert.match(complaint('rehearse:slow/20s@submit'), /always strikes @running/);
  });

  it('means the general sub-type where none is named', () => {
    assert.equal(
      read('rehearse:invalid_parameters').effect,
      read('rehearse:invalid_parameters/general').effect,
    );
  });

  it('does not let a mistyped rehearsal pass for a success', () => {
    assert.match(complaint('rehearse:service_eror'), /did you mean rehearse:service_error\?/);
    assert.match(complaint('rehearse:'), /There is no rehearsal ""/);
    assert.match(complaint('rehearse:slow/20'), /did you mean rehearse:slow\/20s\?/);
    assert.match(complaint('rehearse:flaky/0'), /There is no rehearsal/);
    assert.match(complaint('rehearse:service_error@soon'), /@soon is not a modifier/);
    assert.match(complaint('rehearse:service_error@after=9999s'), /not a modifier/);
    assert.match(complaint('rehearse:slow/2s rehearse:service_error'), /one rehearsal/);
  });

  it('leaves all other prompts alone, and never throws', () => {
    for (const prompt of [
      '',
      'a band rehearses: drums',
      'they rehearse a play',
      'rehearse service_error',
      'unrehearse:slow',
    ]) {
      assert.deepEqual(readRehearsal(prompt), { kind: 'none' });
    }
    fc.assert(fc.property(fc.string(), (tail) => void readRehearsal(`rehearse:${tail}`)));
  });
});
