/**
 * From `moderation.detectors`, `protected_images` and `likeness_gallery` to what the moderation room opens, with the checks no schema
 * can make.
 */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Static } from 'typebox';
import { isRecord } from '../catalog/faults.ts';
import type { DetectorSettings } from '../moderation/detectors.ts';
import type { HostedSettings } from '../moderation/hosted/hosted.ts';
import type { LikenessGallery } from '../moderation/likeness-gallery.ts';
import type { Report } from './check.ts';
import type { ConfigDocument } from './document.ts';
import { checkSecret } from './providers.ts';
import type { DetectorFile, LikenessGallerySection, ProtectedImageSections } from './schema-detectors.ts';

const SECRETS = ['api_key', 'secret_access_key', 'session_token'] as const;

/** Checks the raw section, so that its problems are told even where other parts of the file are wrong. `base`: of relative paths. */
export function checkDetectors(
  section: unknown,
  base: string,
  document: ConfigDocument,
  report: Report,
): void {
  if (!isRecord(section)) return;
  const { detectors, protected_images: images } = section;
  const hosted = listed(detectors);
  for (const [index, held] of hosted) {
    const pointer = `/moderation/detectors/${index}`;
    for (const secret of SECRETS) checkSecret(held, secret, pointer, document, report);
  }
  refuseTwins(hosted, 'service', '/moderation/detectors', report);

  const pictures = listed(images);
  for (const [index, { file }] of pictures) {
    if (typeof file !== 'string' || file === '' || kindOf(resolve(base, file)) === 'file') continue;
    report(
      `/moderation/protected_images/${index}/file`,
      'There is no such picture, or it may not be read.',
      'Give the path of a file; a relative one begins at the folder of the configuration.',
    );
  }
  refuseTwins(pictures, 'name', '/moderation/protected_images', report);
  checkGallery(section, base, report);
}

function checkGallery(
  { likeness_gallery: gallery, local_images: localImages }: Readonly<Record<string, unknown>>,
  base: string,
  report: Report,
): void {
  if (!isRecord(gallery)) return;
  if (localImages === undefined || localImages === false)
    report(
      '/moderation/likeness_gallery',
      'Nothing looks for the people of `likeness_gallery`: the local models are off.',
      'Set `local_images: true` beside it, or remove it.',
    );
  const { folder } = gallery;
  if (typeof folder !== 'string' || folder === '' || kindOf(resolve(base, folder)) === 'folder') return;
  report(
    '/moderation/likeness_gallery/folder',
    'There is no such folder, or it may not be read.',
    'Give the path of a folder; a relative one begins at the folder of the configuration.',
  );
}

type Listed = readonly (readonly [index: number, held: Readonly<Record<string, unknown>>])[];

const listed = (section: unknown): Listed =>
  (Array.isArray(section) ? [...section.entries()] : []).flatMap(([index, held]) =>
    isRecord(held) ? [[index, held] as const] : [],
  );

/** Findings and overrules are told apart by these names. */
function refuseTwins(entries: Listed, key: 'service' | 'name', pointer: string, report: Report): void {
  const seen = new Set<unknown>();
  for (const [index, held] of entries) {
    const name = held[key];
    if (typeof name !== 'string') continue;
    if (seen.has(name))
      report(
        `${pointer}/${index}/${key}`,
        `This \`${key}\` is there twice.`,
        key === 'service' ? 'Remove one: each service looks once.' : 'Give each picture a name of its own.',
      );
    seen.add(name);
  }
}

/** A path may hold what no file system takes, such as a zero byte. */
function kindOf(path: string): 'file' | 'folder' | null {
  try {
    const found = statSync(path);
    return found.isFile() ? 'file' : found.isDirectory() ? 'folder' : null;
  } catch {
    return null;
  }
}

export function readDetector(file: DetectorFile): HostedSettings {
  const baseUrl = file.base_url?.replace(/\/+$/, '');
  const elsewhere = baseUrl === undefined ? {} : { baseUrl };
  switch (file.service) {
    case 'openai': {
      const model = file.model === undefined ? {} : { model: file.model };
      return { service: 'openai', apiKey: file.api_key, ...elsewhere, ...model };
    }
    case 'rekognition':
      return {
        service: 'rekognition',
        accessKeyId: file.access_key_id,
        secretAccessKey: file.secret_access_key,
        ...(file.session_token === undefined ? {} : { sessionToken: file.session_token }),
        region: file.region,
        ...elsewhere,
        ...(file.faces === undefined ? {} : { faces: file.faces }),
      };
    case 'google-vision':
      return { service: 'google-vision', apiKey: file.api_key, ...elsewhere };
    case 'azure-content-safety':
      return {
        service: 'azure-content-safety',
        apiKey: file.api_key,
        baseUrl: file.base_url.replace(/\/+$/, ''),
      };
    default: {
      const never: never = file;
      return never;
    }
  }
}

export const readProtectedImages = (
  section: Static<typeof ProtectedImageSections>,
  base: string,
): DetectorSettings['protectedImages'] =>
  section.map(({ name, category, file }) => ({ name, category, path: resolve(base, file) }));

export const readLikenessGallery = (
  section: Static<typeof LikenessGallerySection> | undefined,
  base: string,
): LikenessGallery | null =>
  section === undefined ? null : { folder: resolve(base, section.folder), threshold: section.threshold };
