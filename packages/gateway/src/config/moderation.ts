/** From the `moderation` section to the policy that the moderation room reads. */
import { resolve } from 'node:path';
import type { Static } from 'typebox';
import type { ModerationSettings } from '../moderation/open.ts';
import { DEFAULT_POLICY, type PolicyOverride } from '../moderation/policy.ts';
import { readDetector, readLikenessGallery, readProtectedImages } from './detectors.ts';
import type { ModerationSection } from './schema-moderation.ts';

type Section = Static<typeof ModerationSection>;
type Rules = Section['models'][string];

export function readModeration(section: Section, base: string): ModerationSettings {
  const { thresholds, ...rest } = overrideOf(section);
  return {
    policy: {
      ...DEFAULT_POLICY,
      ...rest,
      thresholds: { ...DEFAULT_POLICY.thresholds, ...thresholds },
      accounts: overridesOf(section.accounts),
      models: overridesOf(section.models),
      keys: overridesOf(section.keys),
    },
    packs: section.packs.map((path) => resolve(base, path)),
    hosted: section.detectors.map(readDetector),
    protectedImages: readProtectedImages(section.protected_images, base),
    localImages: section.local_images,
    likenessGallery: readLikenessGallery(section.likeness_gallery, base),
    videoFrames: section.video_frames === 'off' ? null : section.video_frames,
  };
}

function overridesOf(section: Readonly<Record<string, Rules>>): Map<string, PolicyOverride> {
  return new Map(Object.entries(section).map(([id, rules]) => [id, overrideOf(rules)]));
}

function overrideOf({ mode, thresholds, on_error: onError, results }: Rules): PolicyOverride {
  return {
    ...(mode === undefined ? {} : { mode }),
    ...(thresholds === undefined ? {} : { thresholds }),
    ...(onError === undefined ? {} : { onError }),
    ...(results === undefined ? {} : { results: results === 'on' }),
  };
}
