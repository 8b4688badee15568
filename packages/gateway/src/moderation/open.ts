/**
 * Opens moderation as it is configured: the detectors, what lets them see videos, and the doors for tasks and for preflights.
 * What moderation is stands in moderate.ts.
 */
import type { Logger } from 'pino';
import type { FileStore } from '../files/files.ts';
import type { DecisionStore } from '../store/decisions.ts';
import { type Decisions, storeDecisions } from './decisions.ts';
import type { Detector } from './detector.ts';
import { type DetectorSettings, type DetectorWorld, openDetectors } from './detectors.ts';
import { type ModerationDoors, openDoors, type Sight, type StoredFiles } from './door.ts';
import { logVideoWatch, openFrames, type VideoWatch } from './frames/video.ts';
import { createModerator, type ModeratorDeps } from './moderate.ts';
import { decisionsOfPreflights } from './of-preflights.ts';
import type { Policy } from './policy.ts';

export interface ModerationSettings extends DetectorSettings {
  readonly policy: Policy;
  /** Of each video; null where none is looked at. */
  readonly videoFrames: number | null;
}

export interface ModerationWorld extends DetectorWorld {
  readonly store: DecisionStore;
  readonly files: FileStore;
  readonly translate: Sight['translate'];
  /** At least 12 characters of a-z0-9 that nobody can guess. */
  randomId(): string;
  readonly log: Logger;
}

export interface Moderation {
  /** For tasks, and what was made of them. */
  readonly doors: ModerationDoors;
  /** For requests that are no tasks, whose inputs lie in `files`: less is written down of them. */
  preflightDoors(files: StoredFiles): ModerationDoors;
  readonly decisions: Decisions;
  /** What moderation can see, for the operator. */
  readonly sight: { readonly detectors: readonly Detector[]; readonly videos: VideoWatch };
}

/** Rejects like {@link openDetectors}. */
export async function openModeration(
  settings: ModerationSettings,
  world: ModerationWorld,
): Promise<Moderation> {
  const { store, files, translate, clock, randomId, log } = world;
  const decisions = storeDecisions(store);
  const detectors = await openDetectors(settings, world);
  const { watch: videos, sampling } = await openFrames(settings.videoFrames, detectors);
  world.onClose(async () => sampling?.source.close());
  logVideoWatch(videos, log);

  const deps: ModeratorDeps = {
    policy: settings.policy,
    detectors,
    decisions,
    clock,
    randomId,
    onRecordFailed: (error, decisionId) =>
      log.error({ err: error, decisionId }, 'a moderation decision could not be written down'),
  };
  const eyes: Sight = { sampling, translate };
  const ofPreflights = createModerator({ ...deps, decisions: decisionsOfPreflights(decisions) });
  return {
    doors: openDoors(createModerator(deps), files, eyes),
    preflightDoors: (lying) => openDoors(ofPreflights, lying, eyes),
    decisions,
    sight: { detectors, videos },
  };
}
