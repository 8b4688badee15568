/** Inputs as files in the server's input folder, where its loader nodes look for them: pictures, clips and sound alike. */
import type { InputMedia, SubmitOutcome } from '../adapter.ts';
import { formOf, type UpstreamCaller } from '../call.ts';
import type { MappedMedia } from '../mapping.ts';
import { type InputFile, readInputs } from '../read-inputs.ts';
import { isUploaded } from './wire.ts';

interface Door {
  readonly caller: UpstreamCaller;
  readonly baseUrl: string;
}

type Uploads =
  | { readonly kind: 'uploaded'; readonly media: readonly MappedMedia[] }
  | Extract<SubmitOutcome, { kind: 'rejected' }>;

/** The names by which a graph refers to the files. What fails here has started nothing, whatever the answer was. */
export async function uploadInputs(
  door: Door,
  inputs: readonly InputMedia[],
  signal: AbortSignal,
): Promise<Uploads> {
  const read = await readInputs(inputs, 'comfyui');
  if (read.kind === 'rejected') return read;
  const media: MappedMedia[] = [];
  for (const file of read.files) {
    const answer = await door.caller.send(
      { method: 'POST', url: `${door.baseUrl}/upload/image`, body: formFor(file) },
      signal,
    );
    if (answer.kind === 'silence' || answer.status >= 300 || !isUploaded(answer.body))
      return { kind: 'rejected', evidence: door.caller.evidence(answer, 'submit') };
    const { name, subfolder = '' } = answer.body;
    const { param, index } = file.input;
    media.push({ param, index, value: subfolder === '' ? name : `${subfolder}/${name}` });
  }
  return { kind: 'uploaded', media };
}

/** Named by content, so that a file that is sent again takes the place of itself. */
function formFor({ input, bytes }: InputFile) {
  const { mimeType, sha256 } = input;
  const ending = ENDINGS[mimeType] ?? mimeType.split('/')[1] ?? 'bin';
  return formOf([
    { name: 'image', file: bytes, mimeType, fileName: `sluice-${sha256.slice(0, 32)}.${ending}` },
    { name: 'type', text: 'input' },
    { name: 'overwrite', text: 'true' },
  ]);
}

const ENDINGS: Readonly<Record<string, string>> = {
  'image/jpeg': 'jpg',
  'video/quicktime': 'mov',
  'video/x-matroska': 'mkv',
  'audio/mpeg': 'mp3',
  'audio/mp4': 'm4a',
};
