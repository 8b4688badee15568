/** Moderation as the engine and intake use it: tasks in, a refusal or a time to look again out. */
import type { FileStore } from '../files/files.ts';
import type { JsonObject } from '../json.ts';
import type { KeyRecord, StoredInput, StoredResult, TaskRecord } from '../store/records.ts';
import { type Detector, TEXT_RULES } from './detector.ts';
import type { Moderated, Moderator, Picture } from './moderate.ts';

export interface ModerationDoors {
  /** Null: it may go on; else milliseconds until it should be looked at again. Raises the refusal. */
  checkInput(task: TaskRecord, inputs: readonly StoredInput[], signal: AbortSignal): Promise<number | null>;
  checkOutput(
    task: TaskRecord,
    results: readonly StoredResult[],
    signal: AbortSignal,
  ): Promise<number | null>;
  /** Of a request that is not a task: its words alone. Raises the refusal. */
  checkWords(request: WordsRequest): Promise<void>;
}

export interface WordsRequest {
  readonly model: string;
  readonly params: JsonObject;
  readonly key: KeyRecord;
  readonly requestId: string;
  readonly signal: AbortSignal;
}

export function openDoors(moderator: Moderator, files: Pick<FileStore, 'read'>): ModerationDoors {
  const picture = (input: string, { fileKey, mimeType }: StoredInput | StoredResult): Picture => ({
    kind: 'image',
    input,
    mimeType,
    atSeconds: null,
    async read() {
      const bytes = await files.read(fileKey);
      if (bytes) return bytes;
      throw new Error('a file to be moderated is missing');
    },
  });
  return {
    async checkInput(task, inputs, signal) {
      const pictures = inputs
        .filter((input) => input.kind === 'image')
        .map((input) =>
          picture(input.param === 'mask_url' ? input.param : `${input.param}[${input.index}]`, input),
        );
      const { model, params, requestId } = task;
      return lookAgain(
        await moderator.checkInput({ ...who(task), model, params, requestId, pictures, signal }),
      );
    },
    async checkOutput(task, results, signal) {
      const pictures = results
        .filter((result) => result.kind === 'image')
        .map((result, index) => picture(`results[${index}]`, result));
      const { model, requestId } = task;
      return lookAgain(await moderator.checkOutput({ ...who(task), model, requestId, pictures, signal }));
    },
    async checkWords({ key, ...request }) {
      await moderator.checkInput({
        ...request,
        taskId: null,
        accountId: key.accountId,
        keyId: key.id,
        pictures: [],
      });
    },
  };
}

/**
 * The built-in packs and the operator's own. They are read at the first text, so that starting does not wait for them; only where
 * the operator has own packs at once, because a mistake in them must stop the start. Raises PackError then.
 */
export async function lazyTextRules(packs: readonly string[]): Promise<Detector> {
  let rules: Promise<Detector> | null = packs.length > 0 ? readRules(packs) : null;
  await rules;
  return {
    name: TEXT_RULES,
    looksAt: ['text'],
    async detect(subject, signal) {
      rules ??= readRules(packs);
      return (await rules).detect(subject, signal);
    },
  };
}

async function readRules(packs: readonly string[]): Promise<Detector> {
  const { BUILT_IN_PACKS, createTextRules, readPack, readPacks } = await import('./text/rules.ts');
  return createTextRules([...readPacks(BUILT_IN_PACKS), ...packs.map(readPack)]);
}

const who = ({ id, accountId, keyId }: TaskRecord) => ({ taskId: id, accountId, keyId });

function lookAgain(moderated: Moderated): number | null {
  return moderated.kind === 'later' ? moderated.afterMs : null;
}
