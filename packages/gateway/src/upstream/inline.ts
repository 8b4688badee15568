/** Inputs as text in a request's body: for upstreams that take media as data URLs or bare base64. */
import type { InputMedia } from './adapter.ts';
import type { MappedMedia } from './mapping.ts';

export async function base64(input: InputMedia): Promise<string> {
  const bytes = await input.read();
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

export async function dataUrl(input: InputMedia): Promise<string> {
  return `data:${input.mimeType};base64,${await base64(input)}`;
}

export function dataUrls(inputs: readonly InputMedia[]): Promise<MappedMedia[]> {
  return Promise.all(
    inputs.map(async (input) => ({ param: input.param, index: input.index, value: await dataUrl(input) })),
  );
}
