/**
 * From what is wrong with an input to an input that fits, or to the repairs that would do. A repair is believed only when its
 * outcome was made and judged like any other input: that is also how the `fixes` of an error are found, so none is listed that
 * would not work. What cannot be repaired keeps the error it has without `auto_fix`.
 */
import type { Fix } from '@sluice/errors';
import type { FileStore } from '../files/files.ts';
import type { Repair, TaskRecord } from '../store/records.ts';
import { IMAGE_OPS, type ImageOp, type RepairOp } from './auto-fix.ts';
import type { MediaChecker } from './checker.ts';
import { formatNamed } from './formats.ts';
import type { Inspection, MediaFacts } from './inspection.ts';
import { type InputDemand, judge, type Verdict } from './judge.ts';
import type { Problem } from './problem.ts';
import { inMemory, KIND_OF_PARAM, type Loaded, type Reference } from './references.ts';

/** A file and what was seen in it. */
export interface Examined {
  readonly file: Loaded;
  readonly inspection: Inspection;
}

export interface Usable {
  readonly reference: Reference;
  readonly file: Loaded;
  readonly facts: MediaFacts;
  readonly repairs: readonly Repair[];
}

export interface MendOptions {
  readonly reference: Reference;
  readonly examined: Examined;
  readonly verdict: Verdict;
  readonly demand: InputDemand;
  readonly task: Pick<TaskRecord, 'params'>;
  /** What the client allows. */
  readonly ops: readonly RepairOp[];
  readonly files: Pick<FileStore, 'put'>;
  readonly checker: Pick<MediaChecker, 'repair'>;
  readonly signal: AbortSignal;
}

export async function mend(
  options: MendOptions,
): Promise<Usable | { readonly problems: readonly Problem[] }> {
  const { reference, examined, verdict, ops } = options;
  const { facts, problems } = verdict;
  const asItIs =
    facts && problems.length === 0 ? { reference, file: examined.file, facts, repairs: [] } : null;
  const isPicture = KIND_OF_PARAM[reference.param] === 'image' && pictureFormat(examined.inspection) !== null;
  const isHopeless = problems.some((problem) => (problem.mendableBy ?? []).length === 0);
  if (!isPicture || isHopeless) return asItIs ?? { problems };

  const allowed = ops.filter((op) => op !== 'truncate_prompt');
  const repaired = allowed.length > 0 ? await attempt(allowed, options) : null;
  if (repaired) return repaired;
  return asItIs ?? { problems: withFixes(problems, await fixesFor(problems, options)) };
}

/** Null where these repairs change nothing, or not enough. */
async function attempt(ops: readonly ImageOp[], options: MendOptions): Promise<Usable | null> {
  const { reference, examined, demand, task, files, checker, signal } = options;
  const { limits } = demand;
  const format = pictureFormat(examined.inspection);
  if (format === null) return null;
  const outcome = await checker.repair(
    examined.file.source,
    format,
    {
      ops,
      formats: limits.formats.map((name) => formatNamed(name)?.name ?? name),
      maxBytes: limits.maxBytes ?? null,
      size: demand,
      isMask: reference.param === 'mask_url',
      // A mask lies over a picture: each cropped around what draws the eye in it, they would part.
      cropTo: typeof task.params.mask_url === 'string' ? 'middle' : 'attention',
    },
    signal,
  );
  if (outcome.kind !== 'repaired') return null;
  const { width, height } = outcome;
  const made: Inspection = {
    kind: 'image',
    format: outcome.format,
    mimeType: formatNamed(outcome.format)?.mimeType ?? 'application/octet-stream',
    width,
    height,
    orientation: 1,
    frames: 1,
    decoded: true,
  };
  const subject = { param: reference.path, expects: 'image', bytes: outcome.data.byteLength } as const;
  const { facts, problems } = judge(made, subject, demand);
  if (!facts || problems.length > 0) return null;
  const repairs = outcome.steps.map((step) => ({ ...step, param: reference.path }));
  return { reference, file: inMemory(outcome.data, files), facts, repairs };
}

/**
 * Tried as few as possible first: what is wrong is answered by its own repairs, and only where those are not enough by all of
 * them together. A crop and a pad are two answers to one question; both are tried.
 */
async function fixesFor(problems: readonly Problem[], options: MendOptions): Promise<Fix[]> {
  const needed = IMAGE_OPS.filter((op) => problems.some((problem) => problem.mendableBy?.includes(op)));
  const ways: (ImageOp | null)[] = needed.includes('crop') ? ['pad', 'crop'] : [null];
  const found = new Map<string, Fix>();
  for (const other of ways) {
    const few = needed.filter((op) => op !== other);
    const all = IMAGE_OPS.filter((op) => op !== other && op !== 'orient');
    const done = (await attempt(few, options)) ?? (await attempt(all, options));
    for (const { op, param, to } of done?.repairs ?? []) {
      const known = IMAGE_OPS.find((name) => name === op);
      // Turning a picture upright comes with any other repair, and needs no leave.
      if (known && known !== 'orient') found.set(`${op} ${to}`, { op: known, param, to });
    }
  }
  return [...found.values()];
}

/** Each fix at the problem it answers; one that only the others made necessary goes with the first. */
function withFixes(problems: readonly Problem[], fixes: readonly Fix[]): Problem[] {
  const answers = (problem: Problem, { op }: Fix) => problem.mendableBy?.some((one) => one === op) ?? false;
  return problems.map((problem, index) => ({
    ...problem,
    fixes: fixes.filter(
      (fix) => answers(problem, fix) || (index === 0 && !problems.some((other) => answers(other, fix))),
    ),
  }));
}

/** Null for what is no picture, or none that can be opened. */
function pictureFormat(inspection: Inspection): string | null {
  switch (inspection.kind) {
    case 'image':
    case 'unsupported':
      return inspection.format;
    default:
      return null;
  }
}
