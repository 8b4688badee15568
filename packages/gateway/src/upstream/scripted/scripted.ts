/**
 * An upstream that makes nothing and follows a script: for benchmarks and kill tests only; nothing of the gateway imports it.
 * Read this first.
 *
 * All it must know of a job is in the handle, so a poll costs next to nothing, needs no memory and is the same after a restart.
 * What it accepted can be counted from outside (ledger.ts).
 */
import { copyFile, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Evidence, EvidencePhase } from '@sluice/errors';
import type { JsonValue } from '../../json.ts';
import type { LookupOutcome, OutputRef, PollOutcome, SubmitOutcome, UpstreamAdapter } from '../adapter.ts';
import type { Ledger } from './ledger.ts';
import { fateOf, type Script } from './script.ts';

const SCRIPTED = 'scripted';

type Handle = { key: string; dueAt: number; fails: boolean };

export function createScripted(script: Script, ledger: Ledger): UpstreamAdapter {
  const wait = script.pollAfterMs === undefined ? {} : { pollAfterMs: script.pollAfterMs };
  /** One object for every poll of every running job. */
  const running: Promise<PollOutcome> = Promise.resolve({ kind: 'running', progress: null, ...wait });

  function handleOf(key: string, acceptedAt: number): Handle {
    const { takesMs, fails } = fateOf(script, key);
    return { key, dueAt: acceptedAt + takesMs, fails };
  }

  return {
    provider: SCRIPTED,

    async submit(job, { clock, signal }): Promise<SubmitOutcome> {
      if (!(await canRead(job.inputs)) || signal.aborted) {
        return { kind: 'rejected', evidence: network('NOT_SENT', 'The request was not sent.') };
      }
      const fate = fateOf(script, job.idempotencyKey);
      if (fate.submit === 'refused') return { kind: 'rejected', evidence: said('submit', 503, 'overloaded') };
      const lost: SubmitOutcome = { kind: 'unknown', evidence: network('ECONNRESET', 'socket hang up') };
      if (fate.submit === 'never_arrives') return lost;

      const written = await ledger.accept(job.idempotencyKey, clock.now());
      if (written.kind === 'not_sent')
        return { kind: 'rejected', evidence: network(written.fault.code, written.fault.message) };
      if (written.kind === 'lost' || fate.submit === 'answer_lost') return lost;
      return { kind: 'accepted', handle: handleOf(job.idempotencyKey, written.at), ...wait };
    },

    poll(handle, { clock }): Promise<PollOutcome> {
      if (!isHandle(handle))
        return Promise.resolve({ kind: 'failed', evidence: said('poll', 404, 'no such job') });
      if (clock.now() < handle.dueAt) return running;
      if (handle.fails)
        return Promise.resolve({ kind: 'failed', evidence: said('poll', 500, 'internal error') });
      return outputsOf(script, handle.key).then((outputs) => ({ kind: 'finished', outputs }));
    },

    cancel: () => Promise.resolve({ kind: 'not_possible' }),

    async lookup(idempotencyKey): Promise<LookupOutcome> {
      const found = await ledger.find(idempotencyKey);
      switch (found.kind) {
        case 'found':
          return { kind: 'found', handle: handleOf(idempotencyKey, found.at) };
        case 'absent':
          return { kind: 'absent' };
        case 'unreachable':
          return { kind: 'undecided' };
        default: {
          const never: never = found;
          return never;
        }
      }
    },

    async release(handle) {
      if (isHandle(handle) && script.output)
        await rm(copyPath(script.output.folder, handle.key), { force: true });
    },
  };
}

async function outputsOf({ output }: Script, key: string): Promise<OutputRef[]> {
  if (!output) return [];
  const path = copyPath(output.folder, key);
  await mkdir(output.folder, { recursive: true });
  await copyFile(output.sample, path);
  return [{ kind: 'file', path, mimeType: output.mimeType }];
}

const copyPath = (folder: string, key: string) => join(folder, encodeURIComponent(key));

async function canRead(inputs: readonly { read(): Promise<Uint8Array> }[]): Promise<boolean> {
  const readings = await Promise.allSettled(inputs.map((input) => input.read()));
  return readings.every(({ status }) => status === 'fulfilled');
}

function isHandle(handle: JsonValue): handle is Handle {
  return (
    typeof handle === 'object' &&
    handle !== null &&
    !Array.isArray(handle) &&
    typeof handle.key === 'string' &&
    typeof handle.dueAt === 'number' &&
    typeof handle.fails === 'boolean'
  );
}

const said = (phase: EvidencePhase, status: number, message: string): Evidence => ({
  provider: SCRIPTED,
  phase,
  status,
  headers: { 'content-type': 'application/json' },
  body: { error: { message } },
});

const network = (code: string | undefined, message: string): Evidence => ({
  provider: SCRIPTED,
  phase: 'network',
  status: null,
  headers: {},
  body: { name: 'Error', message, ...(code === undefined ? {} : { code }) },
});
