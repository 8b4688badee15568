import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ManualClock } from '../../clock.ts';
import type { SubmitJob } from '../adapter.ts';
import { adapterConformance, type JobSort } from '../conformance.ts';
import { type Ledger, memoryLedger, remoteLedger } from './ledger.ts';
import { serveLedger } from './ledger-server.ts';
import { fateOf, type Script } from './script.ts';
import { createScripted } from './scripted.ts';

const jobWith = (idempotencyKey: string): SubmitJob => ({
  taskId: idempotencyKey,
  attempt: 1,
  idempotencyKey,
  type: 'image',
  upstreamModel: 'any',
  params: {},
  inputs: [],
});

/** Keys are drawn until one has the fate that the sort of job needs. */
function keyFor(script: Script, sort: JobSort, from: number): string {
  for (let i = from; ; i++) {
    const fate = fateOf(script, `key-${i}`);
    const wanted =
      sort === 'refused'
        ? fate.submit === 'refused'
        : fate.submit === 'accepted' && fate.fails === (sort === 'fails');
    if (wanted) return `key-${i}`;
  }
}

for (const place of ['in memory', 'behind HTTP'] as const) {
  adapterConformance(`a scripted upstream, its ledger ${place}`, {
    cannot: { cancel: 'a scripted job lives in its handle alone, so there is nothing to stop' },
    async open() {
      const folder = await mkdtemp(join(tmpdir(), 'scripted-'));
      const sample = join(folder, 'sample.bin');
      await writeFile(sample, 'sample');
      const server = place === 'in memory' ? null : await serveLedger();
      const ledger: Ledger = server ? remoteLedger(server.url) : memoryLedger();
      const output = { sample, folder: join(folder, 'out'), mimeType: 'application/octet-stream' };
      const script: Script = { takesMs: [100, 300], refused: 0.3, fails: 0.5, output };
      const clock = new ManualClock();
      let drawn = 0;
      return {
        adapter: createScripted(script, ledger),
        clock,
        job: (sort) => jobWith(keyFor(script, sort, 1_000 * drawn++)),
        moment: () => clock.advance(10),
        restart: async () => createScripted(script, ledger),
        accepted: async () => (await ledger.keys()).length,
        async close() {
          await server?.close();
          await rm(folder, { recursive: true });
        },
      };
    },
  });
}

describe('a scripted upstream', () => {
  const context = { clock: new ManualClock(), signal: new AbortController().signal };

  it('spreads fates over keys as the script says', () => {
    const script: Script = {
      takesMs: [0, 1_000],
      refused: 0.1,
      neverArrives: 0.2,
      answerLost: 0.3,
      fails: 0.25,
    };
    const fates = Array.from({ length: 20_000 }, (_, i) => fateOf(script, `task-unified-1772618027-${i}-1`));
    const near = (count: number, share: number) =>
      assert.ok(Math.abs(count / fates.length - share) < 0.015, `${count}`);
    near(fates.filter(({ submit }) => submit === 'refused').length, 0.1);
    near(fates.filter(({ submit }) => submit === 'never_arrives').length, 0.2);
    near(fates.filter(({ submit }) => submit === 'answer_lost').length, 0.3);
    near(fates.filter(({ fails }) => fails).length, 0.25);
    near(fates.reduce((sum, { takesMs }) => sum + takesMs, 0) / 1_000, 0.5);
  });

  it('counts a job whose answer was lost, and not one that never arrived', async () => {
    for (const [script, kind, accepted] of [
      [{ takesMs: 1, answerLost: 1 }, 'found', 1],
      [{ takesMs: 1, neverArrives: 1 }, 'absent', 0],
    ] as const) {
      const ledger = memoryLedger();
      const adapter = createScripted(script, ledger);
      assert.equal((await adapter.submit(jobWith('k'), context)).kind, 'unknown');
      assert.equal((await adapter.lookup?.('k', context))?.kind, kind);
      assert.equal((await ledger.keys()).length, accepted);
    }
  });

  it('keeps its count in another process, and says so when that is gone', async () => {
    const process_ = spawn(process.execPath, [join(import.meta.dirname, 'ledger-server.ts')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = await once(process_.stdout, 'data');
    const { url }: { url: string } = JSON.parse(String(line));
    const adapter = createScripted({ takesMs: 1 }, remoteLedger(url));
    assert.equal((await adapter.submit(jobWith('k/1'), context)).kind, 'accepted');
    assert.deepEqual(await remoteLedger(url).keys(), ['k/1']);
    assert.deepEqual(await remoteLedger(url).repeats(), []);
    await adapter.submit(jobWith('k/1'), context);
    assert.deepEqual(await remoteLedger(url).keys(), ['k/1']);
    assert.deepEqual(await remoteLedger(url).repeats(), ['k/1']);

    process_.kill('SIGKILL');
    await once(process_, 'exit');
    const outcome = await adapter.submit(jobWith('k/2'), context);
    assert.equal(outcome.kind, 'rejected');
    assert.deepEqual(await adapter.lookup?.('k/1', context), { kind: 'undecided' });
  });
});
