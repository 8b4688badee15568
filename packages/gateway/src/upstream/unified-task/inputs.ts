/** A task's inputs as the other gateway takes them: inside the request, or uploaded to its file store first. */
import type { InputMedia, SubmitOutcome } from '../adapter.ts';
import { formOf, type UpstreamCaller } from '../call.ts';
import type { MappedMedia } from '../mapping.ts';
import { type InputFile, readInputs } from '../read-inputs.ts';
import { isUpload } from './wire.ts';

export interface InputDoor {
  readonly caller: UpstreamCaller;
  readonly headers: Readonly<Record<string, string>>;
  /** Null: data URLs inside the request. */
  readonly filesUrl: string | null;
}

export type SentInputs =
  | { readonly kind: 'sent'; readonly media: readonly MappedMedia[] }
  | Extract<SubmitOutcome, { kind: 'rejected' }>;

/** What fails here has made no task, whatever the answer was. */
export async function sendInputs(
  door: InputDoor,
  inputs: readonly InputMedia[],
  signal: AbortSignal,
): Promise<SentInputs> {
  const read = await readInputs(inputs, 'unified-task');
  if (read.kind === 'rejected') return read;
  const media: MappedMedia[] = [];
  for (const file of read.files) {
    const { param, index } = file.input;
    const value = door.filesUrl === null ? inlined(file) : await uploaded(door, door.filesUrl, file, signal);
    if (typeof value !== 'string') return value;
    media.push({ param, index, value });
  }
  return { kind: 'sent', media };
}

const inlined = ({ input, bytes }: InputFile) =>
  `data:${input.mimeType};base64,${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')}`;

/** Named by content: a file of the same name takes the place of the one before, which is itself. */
async function uploaded(
  { caller, headers }: InputDoor,
  filesUrl: string,
  { input, bytes }: InputFile,
  signal: AbortSignal,
): Promise<string | Extract<SubmitOutcome, { kind: 'rejected' }>> {
  const { mimeType, sha256 } = input;
  const fileName = `${sha256.slice(0, 32)}.${mimeType.split('/')[1] ?? 'bin'}`;
  const body = formOf([
    { name: 'file', file: bytes, mimeType, fileName },
    { name: 'file_name', text: fileName },
  ]);
  const url = `${filesUrl}/api/v1/files/upload/stream`;
  const answer = await caller.send({ method: 'POST', url, headers, body }, signal);
  if (answer.kind === 'answer' && answer.status < 300 && isUpload(answer.body))
    return answer.body.data.file_url;
  return { kind: 'rejected', evidence: caller.evidence(answer, 'submit') };
}
