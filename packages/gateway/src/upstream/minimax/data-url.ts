/** An input as MiniMax takes it inside a request. */
import type { InputFile } from '../read-inputs.ts';

export function dataUrlOf({ input, bytes }: InputFile): string {
  return `data:${input.mimeType};base64,${Buffer.from(bytes).toString('base64')}`;
}
