/**
 * Mutated pictures and hostile links against checks and repairs. `node packages/gateway/src/media/fuzz.ts 10000 [seed]` runs as
 * many and prints what they came to; the tests run a few. It fails on anything but an answer: a crash, an error that is not a
 * TaskError, a code that inputs cannot have, or a connection to an address that is not on the public internet.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ModelDefinition } from '../catalog/model.ts';
import { openLocalFiles } from '../files/local.ts';
import { forbiddenRange } from '../net/addresses.ts';
import { FakeInternet, PUBLIC_ADDRESS } from '../net/fake-internet.ts';
import { createFetcher } from '../net/fetcher.ts';
import { carryAutoFix, IMAGE_OPS } from './auto-fix.ts';
import { createChecker } from './checker.ts';
import { sampleAnimation, sampleHeic, sampleImage } from './sample-media.ts';
import { photoHeic, sampleApng, sampleBmp, sampleIco } from './sample-rare-images.ts';
import { surveyInputs } from './survey.ts';

export interface FuzzResult {
  readonly runs: number;
  /** `ok`, `repaired`, or `<code>/<subtype>`, with how often it came to that. */
  readonly outcomes: ReadonlyMap<string, number>;
  /** What must not happen, in words. */
  readonly faults: readonly string[];
  /** The longest that one took. */
  readonly slowestMs: number;
}

const ANSWERS = new Set(['invalid_parameters', 'image_processing_error', 'image_dimension_mismatch']);

const model: ModelDefinition = {
  id: 'm',
  type: 'image',
  description: '',
  parameters: { type: 'object', properties: {} },
  unknownParameters: 'ignore',
  inputs: {
    image_urls: {
      max: 1,
      formats: ['jpeg', 'png', 'webp'],
      maxBytes: 20_000,
      minSide: 20,
      maxSide: 300,
      maxRatio: 3,
    },
  },
  pricing: { rule: 'per_call', milliCredits: 1 },
  timeoutMs: 1000,
  estimateSeconds: 1,
  routes: [],
};

/** Half of the runs are links, where `seed` says so; the same seed gives the same runs. */
export async function fuzz(runs: number, seed = 1): Promise<FuzzResult> {
  const random = mulberry32(seed);
  const folder = await mkdtemp(join(tmpdir(), 'sluice-fuzz-'));
  const internet = new FakeInternet();
  const checker = createChecker({ workers: 1 });
  const outcomes = new Map<string, number>();
  const faults: string[] = [];
  let slowestMs = 0;
  try {
    const files = await openLocalFiles(join(folder, 'files'));
    const pictures = await samples();
    const names = hosts(internet);
    await internet.serve((request, response) => {
      const [, query = ''] = (request.url ?? '').split('?');
      const location = new URLSearchParams(query).get('to');
      if (location === null) response.end(pick(pictures, random));
      else response.writeHead(302, { location: safeHeader(location) }).end();
    });
    const policy = { allowHttpLoopback: false, scratch: join(folder, 'scratch') };
    const fetcher = createFetcher(policy, { network: internet });

    for (let run = 0; run < runs; run++) {
      const key = `inputs/${'f'.repeat(64)}`;
      const isLink = random() < 0.5;
      const url = isLink ? hostileLink(names, random) : `sluice-file:${key}`;
      const file = mutated(pick(pictures, random), random);
      const ops = random() < 0.5 ? [] : IMAGE_OPS;
      const began = performance.now();
      const outcome = await surveyInputs(
        {
          task: { params: { image_urls: [url], ...carryAutoFix({ ops, made: [] }) } },
          model,
          files,
          fetcher,
          checker,
          signal: new AbortController().signal,
          unkept: new Map([[key, file]]),
        },
        async () => {},
      ).then(
        ({ problem, repairs }) => {
          if (problem && ANSWERS.has(problem.code)) return `${problem.code}/${problem.subtype}`;
          if (problem) faults.push(`run ${run}: ${problem.code}`);
          return problem ? 'fault' : repairs.length > 0 ? 'repaired' : 'ok';
        },
        (error: unknown) => {
          faults.push(`run ${run} (${isLink ? url : 'file'}): ${String(error)}`);
          return 'fault';
        },
      );
      slowestMs = Math.max(slowestMs, performance.now() - began);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    const forbidden = internet.dialled.filter(({ address }) => forbiddenRange(address) !== null);
    faults.push(...forbidden.map(({ address, port }) => `connected to ${address}:${port}`));
    return { runs, outcomes, faults, slowestMs };
  } finally {
    await checker.close();
    await internet.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function samples(): Promise<Buffer[]> {
  const formats = ['jpeg', 'png', 'webp', 'gif', 'avif', 'tiff'] as const;
  return [
    ...(await Promise.all(formats.map((format) => sampleImage(format, 48, 32)))),
    await sampleImage('jpeg', 40, 60, 6),
    await sampleAnimation('gif', 3),
    await sampleAnimation('webp', 3),
    await sampleApng(3),
    await sampleBmp(48, 32),
    await sampleIco(48),
    sampleHeic(64, 48),
    photoHeic(),
    photoHeic('photo-grid'),
  ];
}

/** One to four wounds: bytes changed, cut out, doubled, or the end taken off. Some are left whole. */
function mutated(original: Buffer, random: () => number): Buffer {
  let file = Buffer.from(original);
  const wounds = Math.floor(random() * 5);
  for (let wound = 0; wound < wounds && file.byteLength > 4; wound++) {
    const at = Math.floor(random() ** 2 * file.byteLength);
    const length = 1 + Math.floor(random() * 16);
    switch (Math.floor(random() * 5)) {
      case 0:
        file[at] = Math.floor(random() * 256);
        break;
      case 1:
        file.fill(random() < 0.5 ? 0xff : 0, at, Math.min(at + length, file.byteLength));
        break;
      case 2:
        file = Buffer.concat([file.subarray(0, at), file.subarray(at + length)]);
        break;
      case 3:
        file = Buffer.concat([file.subarray(0, at + length), file.subarray(at)]);
        break;
      default:
        file = file.subarray(0, at);
    }
  }
  return file;
}

const FORBIDDEN = [
  '127.0.0.1',
  '10.0.0.1',
  '169.254.169.254',
  '100.64.0.1',
  '192.168.1.1',
  '0.0.0.0',
  '::1',
  'fe80::1',
  'fd00:ec2::254',
  '::ffff:127.0.0.1',
  '64:ff9b::a9fe:a9fe',
  '2002:7f00:1::',
];

/** Names for every forbidden address, alone, beside a public one, and after one (rebinding). */
function hosts(internet: FakeInternet): string[] {
  internet.name('media.test', [PUBLIC_ADDRESS]);
  const names = ['media.test'];
  for (const [index, address] of FORBIDDEN.entries()) {
    internet.name(`inside${index}.test`, [address]);
    internet.name(`both${index}.test`, [PUBLIC_ADDRESS, address]);
    internet.name(`turns${index}.test`, [PUBLIC_ADDRESS], [address]);
    names.push(`inside${index}.test`, `both${index}.test`, `turns${index}.test`);
  }
  const spelt = [
    '0x7f.1',
    '2130706433',
    '0177.0.0.1',
    '127.1',
    '[::1]',
    '[::ffff:7f00:1]',
    'localhost',
    '169.254.169.254',
  ];
  return [...names, ...spelt, '①②⑦.0.0.1', 'media.test.', 'MEDIA.test'];
}

function hostileLink(names: readonly string[], random: () => number): string {
  const scheme = pick(['https', 'https', 'https', 'https', 'http', 'file', 'ftp', 'gopher', 'HTTPS'], random);
  const user = random() < 0.05 ? 'a:b@' : '';
  const port = random() < 0.15 ? pick([':22', ':8443', ':80', ':0', ':65536', ':6379'], random) : '';
  const own = `${scheme}://${user}${pick(names, random)}${port}/a.jpg`;
  const link = random() < 0.4 ? `https://media.test/?to=${encodeURIComponent(own)}` : own;
  if (random() < 0.8) return link;
  const at = Math.floor(random() * link.length);
  return (
    link.slice(0, at) +
    pick(['\0', '\\', '@', '#', '%00', '\t', '.', '//', '?', '\ud800', '%2e'], random) +
    link.slice(at)
  );
}

/** A server cannot send what is no header; what is left is hostile enough. */
function safeHeader(value: string): string {
  return value.replace(/[^\x20-\x7e]/g, '');
}

function pick<T>(items: readonly T[], random: () => number): T {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error('nothing to pick from');
  return item;
}

/** A small generator of the public domain (Tommy Ettinger's mulberry32): the runs can be repeated. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

if (import.meta.main) {
  const [, , runs = '10000', seed = '1'] = process.argv;
  const result = await fuzz(Number(runs), Number(seed));
  console.log(`${result.runs} runs, the slowest ${Math.round(result.slowestMs)} ms`);
  for (const [outcome, count] of [...result.outcomes].sort((a, b) => b[1] - a[1]))
    console.log(`${count}\t${outcome}`);
  for (const fault of result.faults) console.error(fault);
  if (result.faults.length > 0) process.exitCode = 1;
}
