/**
 * The detectors of this installation, opened as configured. Nothing of one that is not configured is loaded: the built-in text
 * rules wait for the first text, the others cost a start nothing where nobody asked for them.
 */
import { readFile } from 'node:fs/promises';
import type { Clock } from '../clock.ts';
import type { Category, Detector } from './detector.ts';
import type { HostedCaller } from './hosted/ask.ts';
import type { HostedSettings } from './hosted/hosted.ts';
import { lazyTextRules } from './lazy-text-rules.ts';
import type { LikenessGallery } from './likeness-gallery.ts';

export interface DetectorSettings {
  /** Paths of rule packs, absolute, like those of the pictures. */
  readonly packs: readonly string[];
  /** Holds keys: never logged, never shown. */
  readonly hosted: readonly HostedSettings[];
  readonly protectedImages: readonly {
    /** Stands in findings. */
    readonly name: string;
    readonly category: Category;
    readonly path: string;
  }[];
  readonly localImages: boolean;
  /** People whose likeness is noticed, by the local models; null where nobody's is. */
  readonly likenessGallery: LikenessGallery | null;
}

export interface DetectorWorld {
  readonly clock: Clock;
  /** A caller for one service, whose secrets it keeps out of what it tells. */
  callerFor(service: string, secrets: readonly string[]): Promise<HostedCaller & { close(): Promise<void> }>;
  /** Remembers what is to be closed when the gateway is. */
  onClose(close: () => Promise<void>): void;
  /** Remembers what may be made ready once the gateway listens and has a free moment. It must not reject. */
  onListening(work: () => Promise<void>): void;
}

/** Something that is configured cannot be opened. The message is for the operator. */
export class DetectorUnusable extends Error {
  override readonly name = 'DetectorUnusable';
}

/**
 * Rejects, so that the gateway does not start, where a pack has a mistake (PackError), a protected image cannot be used, or the
 * local models are asked for and not installed, or the gallery of people has a fault (all DetectorUnusable).
 */
export async function openDetectors(
  { packs, hosted, protectedImages, localImages, likenessGallery }: DetectorSettings,
  world: DetectorWorld,
): Promise<readonly Detector[]> {
  const textRules = await lazyTextRules(packs);
  world.onListening(() => textRules.warm());
  const detectors: Detector[] = [textRules];
  if (protectedImages.length > 0) {
    const { createProtectedImages } = await import('./protected-images.ts');
    const read = protectedImages.map(async ({ name, category, path }) => ({
      name,
      category,
      bytes: await readFile(path),
    }));
    detectors.push(await usable(Promise.all(read).then(createProtectedImages)));
  }
  if (localImages) {
    const { createLocalImages, loadLooker } = await import('./local-images.ts');
    const looker = await usable(loadLooker(likenessGallery));
    world.onClose(() => looker.close());
    detectors.push(createLocalImages(looker, likenessGallery?.threshold));
  }
  if (hosted.length > 0) {
    const { createHostedDetector, secretsOf } = await import('./hosted/hosted.ts');
    for (const settings of hosted) {
      const caller = await world.callerFor(settings.service, secretsOf(settings));
      world.onClose(() => caller.close());
      detectors.push(createHostedDetector(settings, { caller, clock: world.clock }));
    }
  }
  return detectors;
}

function usable<T>(opening: Promise<T>): Promise<T> {
  return opening.catch((error: unknown) => {
    throw error instanceof Error ? new DetectorUnusable(error.message, { cause: error }) : error;
  });
}
