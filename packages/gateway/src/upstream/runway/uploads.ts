/**
 * Input media as Runway takes them: small ones inside the request, as data URLs; bigger ones put into its store first, where they
 * live a day. The limits are those of its documentation of inputs, counted in characters of the data URL.
 */
import type { Evidence } from '@sluice/errors';
import type { CallContext, InputMedia } from '../adapter.ts';
import { formOf, type UpstreamCaller } from '../call.ts';
import type { InputFile } from '../read-inputs.ts';
import { isPlace } from './wire.ts';

const MAX_INLINE = { image: 5_000_000, video: 16_000_000, audio: 16_000_000 } as const;
const UPLOAD_TIMEOUT_MS = 300_000;

export type Given =
  | { readonly kind: 'given'; readonly uris: readonly string[] }
  /** Nothing was submitted, so no job can exist. */
  | { readonly kind: 'failed'; readonly evidence: Evidence };

export interface Store {
  readonly caller: UpstreamCaller;
  readonly baseUrl: string;
  readonly headers: Readonly<Record<string, string>>;
}

export async function give(store: Store, files: readonly InputFile[], ctx: CallContext): Promise<Given> {
  const uris: string[] = [];
  for (const file of files) {
    if (isSmall(file.input)) {
      uris.push(`${dataPrefix(file.input)}${Buffer.from(file.bytes).toString('base64')}`);
      continue;
    }
    const given = await upload(store, file, ctx);
    if (given.kind === 'failed') return given;
    uris.push(...given.uris);
  }
  return { kind: 'given', uris };
}

function isSmall(input: InputMedia): boolean {
  return dataPrefix(input).length + Math.ceil(input.bytes / 3) * 4 <= MAX_INLINE[input.kind];
}

function dataPrefix(input: InputMedia): string {
  return `data:${input.mimeType};base64,`;
}

async function upload(
  { caller, baseUrl, headers }: Store,
  { input, bytes }: InputFile,
  ctx: CallContext,
): Promise<Given> {
  const fileName = `${input.param}-${input.index}.${input.mimeType.split('/')[1] ?? 'bin'}`;
  const ask = { filename: fileName, type: 'ephemeral' };
  const place = await caller.send(
    { method: 'POST', url: `${baseUrl}/v1/uploads`, headers, body: ask },
    ctx.signal,
  );
  if (place.kind === 'silence' || place.status >= 300 || !isPlace(place.body)) {
    return { kind: 'failed', evidence: caller.evidence(place, 'submit') };
  }
  const { uploadUrl, fields, runwayUri } = place.body;
  // The store is another host: it gets the fields it signed, never our key. It wants the file last.
  const texts = Object.entries(fields).map(([name, text]) => ({ name, text }));
  const file = { name: 'file', file: bytes, mimeType: input.mimeType, fileName };
  const put = await caller.send(
    { method: 'POST', url: uploadUrl, body: formOf([...texts, file]), timeoutMs: UPLOAD_TIMEOUT_MS },
    ctx.signal,
  );
  if (put.kind === 'silence' || put.status >= 300) {
    return { kind: 'failed', evidence: caller.evidence(put, 'submit') };
  }
  return { kind: 'given', uris: [runwayUri] };
}
