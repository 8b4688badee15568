/**
 * Moderation: is this task, or what was made of it, against the policy? Read this first.
 *
 *   texts.ts (what a task says), its pictures, and frames of its videos (frames/) -> detectors (detector.ts; the built-in one is
 *   text/rules.ts) -> findings
 *   -> policy.ts (thresholds, modes, what is always blocked) -> verdict -> decisions.ts (looked up and overruled by an operator)
 *
 * The content itself goes to the detectors and nowhere else: not into an error, a record or a log.
 */
import type { Clock } from '../clock.ts';
import type { JsonObject } from '../json.ts';
import type { DecisionRecord, Decisions } from './decisions.ts';
import { isOverruledBy } from './decisions.ts';
import { type Detector, type Finding, type Stage, type Subject, TEXT_RULES } from './detector.ts';
import { FRAMES, type Sampled } from './frames/frames.ts';
import { decide, type Policy, type PolicyRules, rulesFor, type Verdict, type Who } from './policy.ts';
import { type Blocked, refusalOf, unlooked } from './refusal.ts';
import { placed, textOf } from './texts.ts';

export interface Picture {
  /** `image_urls[0]`, `results[1]`. */
  readonly input: string;
  readonly mimeType: string;
  /** Called at most once, and only where a detector looks at pictures. */
  read(): Promise<Uint8Array>;
}

/** A video, or an animated picture. */
export interface Clip {
  /** `video_urls[0]`, `results[1]`. */
  readonly input: string;
  /** Called at most once, and only where a detector looks at frames. Never rejects but for a file that is gone. */
  frames(signal: AbortSignal): Promise<Sampled>;
}

export interface ModerationRequest extends Who {
  /** Null in a preflight. */
  readonly taskId: string | null;
  readonly requestId: string;
  readonly signal: AbortSignal;
}

export interface OutputRequest extends ModerationRequest {
  readonly pictures: readonly Picture[];
  readonly clips: readonly Clip[];
}

export interface InputRequest extends OutputRequest {
  readonly params: JsonObject;
}

export type Moderated =
  /** It may go on; the findings, if any, did not suffice. `decisionId` where `monitor` reported what it would have blocked. */
  | { readonly kind: 'passed'; readonly findings: readonly Finding[]; readonly decisionId: string | null }
  /** A detector could not look and the policy wants to wait for it: look again in so many milliseconds. */
  | { readonly kind: 'later'; readonly afterMs: number };

export interface Moderator {
  /**
   * Raises `content_policy_violation` with the category as sub-type, and `service_unavailable` where a detector could not look and
   * the policy says `on_error: block`: nobody is accused of what nobody saw.
   */
  checkInput(request: InputRequest): Promise<Moderated>;
  /** The same for results; `passed` without a look where the policy leaves results alone. */
  checkOutput(request: OutputRequest): Promise<Moderated>;
}

export interface ModeratorDeps {
  readonly policy: Policy;
  /** The text rules among them: without them nothing is found in words. */
  readonly detectors: readonly Detector[];
  readonly decisions: Decisions;
  readonly clock: Clock;
  /** At least 12 characters of a-z0-9 that nobody can guess. */
  randomId(): string;
  /** A decision could not be written down; it holds all the same. */
  onRecordFailed(error: unknown, decisionId: string): void;
}

const LOOK_AGAIN_MS = 30_000;

/** What still looks in mode `off`: nothing leaves the machine, and sexualised minors are blocked all the same. */
const isTextRules = ({ name }: Detector) => name === TEXT_RULES;

export function createModerator(deps: ModeratorDeps): Moderator {
  return {
    async checkInput(request) {
      const rules = rulesFor(deps.policy, request);
      const said = textOf(request.params);
      const text: Subject = {
        kind: 'text',
        stage: 'input',
        input: said.parts[0]?.param ?? 'prompt',
        text: said.text,
      };
      const detectors = rules.mode === 'off' ? deps.detectors.filter(isTextRules) : deps.detectors;
      const words = said.text === '' ? NOTHING : await look(text, detectors, request.signal);
      const looks: Look[] = [{ ...words, findings: words.findings.map((finding) => placed(finding, said)) }];
      if (rules.mode !== 'off') looks.push(...(await lookAtAll(deps, request, 'input')));
      return settle(deps, request, 'input', rules, looks);
    },

    async checkOutput(request) {
      const rules = rulesFor(deps.policy, request);
      if (!rules.results || rules.mode === 'off') return { kind: 'passed', findings: [], decisionId: null };
      return settle(deps, request, 'output', rules, await lookAtAll(deps, request, 'output'));
    },
  };
}

type Failure = DecisionRecord['failures'][number];

interface Look {
  readonly findings: readonly Finding[];
  readonly failures: readonly Failure[];
}

const NOTHING: Look = { findings: [], failures: [] };

/** One picture, or the frames of one clip, in memory at a time. */
async function lookAtAll(
  { detectors }: ModeratorDeps,
  { pictures, clips, signal }: OutputRequest,
  stage: Stage,
): Promise<Look[]> {
  const anyoneLooksAt = (kind: Subject['kind']) => detectors.some(({ looksAt }) => looksAt.includes(kind));
  const looks: Look[] = [];
  for (const picture of anyoneLooksAt('image') ? pictures : []) {
    const { input, mimeType } = picture;
    const about = { kind: 'image', stage, input, mimeType, atSeconds: null } as const;
    looks.push(await look({ ...about, bytes: await picture.read() }, detectors, signal));
  }
  for (const clip of anyoneLooksAt('video_frame') ? clips : [])
    looks.push(...(await lookAtClip(clip, detectors, stage, signal)));
  return looks;
}

async function lookAtClip(
  { input, frames }: Clip,
  detectors: readonly Detector[],
  stage: Stage,
  signal: AbortSignal,
): Promise<Look[]> {
  const sampled = await frames(signal);
  signal.throwIfAborted();
  if (sampled.kind === 'failed')
    return [{ findings: [], failures: [{ detector: FRAMES, input, reason: sampled.reason }] }];
  const looks: Look[] = [];
  for (const { atSeconds, jpeg } of sampled.frames) {
    const about = { kind: 'video_frame', stage, input, mimeType: 'image/jpeg', atSeconds } as const;
    const seen = await look({ ...about, bytes: jpeg }, detectors, signal);
    looks.push({ ...seen, findings: seen.findings.map((finding) => ({ ...finding, atSeconds })) });
  }
  return looks;
}

async function look(subject: Subject, detectors: readonly Detector[], signal: AbortSignal): Promise<Look> {
  const able = detectors.filter(({ looksAt }) => looksAt.includes(subject.kind));
  const outcomes = await Promise.all(
    able.map(async (detector) => ({ detector, outcome: await detector.detect(subject, signal) })),
  );
  signal.throwIfAborted();
  return {
    findings: outcomes.flatMap(({ outcome }) => (outcome.kind === 'findings' ? outcome.findings : [])),
    failures: outcomes.flatMap(({ detector: { name }, outcome }) =>
      outcome.kind === 'failed' ? [{ detector: name, input: subject.input, reason: outcome.reason }] : [],
    ),
  };
}

async function settle(
  deps: ModeratorDeps,
  request: ModerationRequest,
  stage: Stage,
  rules: PolicyRules,
  looks: readonly Look[],
): Promise<Moderated> {
  const findings = looks.flatMap((one) => one.findings);
  const failures = rules.mode === 'off' ? [] : told(looks.flatMap((one) => one.failures));
  const verdict = await judge(deps, request, rules, findings);
  const note = (what: DecisionRecord['verdict']) =>
    writeDown(deps, request, { stage, findings, failures, verdict: what });

  switch (verdict.kind) {
    case 'block': {
      const { requestId } = request;
      const first = { ...verdict, stage, decisionId: await note(verdict), requestId };
      const others: Blocked[] = [];
      for (const here of stage === 'input' ? elsewhere(findings, verdict.deciding) : []) {
        const alone = await judge(deps, request, rules, here);
        if (alone.kind !== 'block') continue;
        const decisionId = await writeDown(deps, request, {
          stage,
          findings: here,
          failures,
          verdict: alone,
        });
        others.push({ ...alone, stage, decisionId, requestId });
      }
      throw refusalOf(first, others);
    }
    case 'report':
      return { kind: 'passed', findings, decisionId: await note(verdict) };
    case 'allow':
      if (failures.length === 0 || rules.mode === 'monitor' || rules.onError === 'allow')
        return { kind: 'passed', findings, decisionId: null };
      if (rules.onError === 'queue') return { kind: 'later', afterMs: LOOK_AGAIN_MS };
      throw unlooked(await note({ kind: 'block', by: 'detector_failed' }), stage, request.requestId);
    default: {
      const never: never = verdict;
      return never;
    }
  }
}

/**
 * What was found at each of the other places, so that a client need not mend one to hear of the next. Each is judged alone and is
 * a decision of its own, because each is overruled alone.
 */
function elsewhere(findings: readonly Finding[], { input }: Finding): (readonly Finding[])[] {
  const places = new Map<string, Finding[]>();
  for (const finding of findings) {
    if (finding.input === input) continue;
    const here = places.get(finding.input);
    if (here) here.push(finding);
    else places.set(finding.input, [finding]);
  }
  return [...places.values()];
}

/** Once, where a detector that is down failed at every frame. */
function told(failures: readonly Failure[]): Failure[] {
  return [...new Map(failures.map((failure) => [JSON.stringify(failure), failure])).values()];
}

/** Overrules are asked for only where one could matter. */
async function judge(
  { decisions }: ModeratorDeps,
  { keyId }: Who,
  rules: PolicyRules,
  findings: readonly Finding[],
): Promise<Verdict> {
  const verdict = decide(findings, rules, () => false);
  if (verdict.kind === 'allow' || verdict.by !== 'threshold') return verdict;
  return decide(findings, rules, isOverruledBy(await decisions.overrules(keyId)));
}

async function writeDown(
  { decisions, clock, randomId, onRecordFailed }: ModeratorDeps,
  { taskId, accountId, keyId, model }: ModerationRequest,
  what: Pick<DecisionRecord, 'stage' | 'findings' | 'failures' | 'verdict'>,
): Promise<string> {
  const id = `mod_${randomId()}`;
  try {
    await decisions.record({ id, taskId, accountId, keyId, model, at: clock.now(), ...what });
  } catch (error) {
    onRecordFailed(error, id);
  }
  return id;
}
