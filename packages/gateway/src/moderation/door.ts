/** Moderation as the engine and intake use it: tasks in, a refusal or a time to look again out. */
import { Readable } from 'node:stream';
import type { FileStore } from '../files/files.ts';
import type { StoredInput, TaskRecord } from '../store/records.ts';
import { ANIMATED, type FrameSampling } from './frames/frames.ts';
import type { Clip, Moderated, Moderator, Picture } from './moderate.ts';

export interface ModerationDoors {
  /** Null: it may go on; else milliseconds until it should be looked at again. Raises the refusal. */
  checkInput(
    task: InputOwner,
    inputs: readonly Omit<StoredInput, 'sha256'>[],
    signal: AbortSignal,
  ): Promise<number | null>;
  checkOutput(
    task: Omit<InputOwner, 'params'>,
    results: readonly Lying[],
    signal: AbortSignal,
  ): Promise<number | null>;
}

/** A task, or a request that is none: then without an id. */
export type InputOwner = Pick<TaskRecord, 'accountId' | 'keyId' | 'model' | 'params' | 'requestId'> & {
  readonly id: string | null;
};

/** What was stored. Without `open`, a video is in memory whole while its frames are taken. */
export type StoredFiles = Pick<FileStore, 'read'> & Partial<Pick<FileStore, 'open'>>;

/** A file of a task, where it lies. */
type Lying = Pick<StoredInput, 'kind' | 'fileKey' | 'mimeType' | 'bytes'>;

/** How what was stored becomes something detectors can look at. */
export interface Sight {
  /** Null: nobody looks at videos, nor at more than the first frame of an animation. */
  readonly sampling: FrameSampling | null;
  /** Of a picture in a format that detectors do not read, what makes a JPEG of it; null for all others. */
  readonly translate: (mimeType: string) => ((bytes: Uint8Array) => Promise<Uint8Array>) | null;
}

export function openDoors(
  moderator: Moderator,
  files: StoredFiles,
  { sampling, translate }: Sight,
): ModerationDoors {
  const seen = (media: readonly { readonly place: string; readonly file: Lying }[]) => ({
    pictures: media.flatMap(({ place, file }) =>
      file.kind === 'image' ? pictureOf(place, file, files, translate) : [],
    ),
    clips: sampling === null ? [] : media.flatMap(({ place, file }) => clipOf(place, file, files, sampling)),
  });
  return {
    async checkInput(task, inputs, signal) {
      const media = inputs.map((file) => ({
        place: file.param === 'mask_url' ? file.param : `${file.param}[${file.index}]`,
        file,
      }));
      const { model, params, requestId } = task;
      return lookAgain(
        await moderator.checkInput({ ...who(task), model, params, requestId, ...seen(media), signal }),
      );
    },
    async checkOutput(task, results, signal) {
      const media = results.map((file, index) => ({ place: `results[${index}]`, file }));
      const { model, requestId } = task;
      return lookAgain(
        await moderator.checkOutput({ ...who(task), model, requestId, ...seen(media), signal }),
      );
    },
  };
}

function pictureOf(
  input: string,
  { fileKey, mimeType }: Lying,
  files: StoredFiles,
  translate: Sight['translate'],
): Picture {
  const toJpeg = translate(mimeType);
  if (!toJpeg) return { input, mimeType, read: () => readWhole(files, fileKey) };
  return { input, mimeType: 'image/jpeg', read: async () => toJpeg(await readWhole(files, fileKey)) };
}

/** Sounds are not listened to. */
function clipOf(
  input: string,
  { kind, fileKey, mimeType, bytes }: Lying,
  files: StoredFiles,
  { source, count }: FrameSampling,
): readonly Clip[] {
  switch (kind) {
    case 'video': {
      const video = { bytes, open: () => openWhole(files, fileKey) };
      return [{ input, frames: (signal) => source.sample(video, count, signal) }];
    }
    case 'image': {
      if (!ANIMATED.includes(mimeType)) return [];
      const frames = async (signal: AbortSignal) => {
        const { sampleAnimation } = await import('./frames/animation.ts');
        return sampleAnimation(await readWhole(files, fileKey), count, signal);
      };
      return [{ input, frames }];
    }
    case 'audio':
      return [];
    default: {
      const never: never = kind;
      return never;
    }
  }
}

async function readWhole(files: StoredFiles, fileKey: string): Promise<Uint8Array> {
  const bytes = await files.read(fileKey);
  if (bytes) return bytes;
  throw new Error('a file to be moderated is missing');
}

async function openWhole(files: StoredFiles, fileKey: string): Promise<Readable> {
  const stream = files.open ? await files.open(fileKey) : null;
  return stream ?? Readable.from([await readWhole(files, fileKey)]);
}

const who = ({ id, accountId, keyId }: Pick<InputOwner, 'id' | 'accountId' | 'keyId'>) => ({
  taskId: id,
  accountId,
  keyId,
});

function lookAgain(moderated: Moderated): number | null {
  return moderated.kind === 'later' ? moderated.afterMs : null;
}
