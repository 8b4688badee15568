/** What the images and the videos emulator read from a call in the same way: the key, and the fields of a JSON or form body. */
import type { Call } from './emulator.ts';

/** OpenAI's bearer token, or Azure's own header. */
export function hasKey({ headers }: Call): boolean {
  return /^Bearer \S+$/.test(headers.authorization ?? '') || /\S/.test(headers['api-key'] ?? '');
}

export interface SentFile {
  readonly field: string;
  readonly type: string;
  readonly bytes: Uint8Array;
}

export interface SentFields {
  readonly form: boolean;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly files: readonly SentFile[];
}

/** Null where the body is neither. */
export async function sentFields(call: Call): Promise<SentFields | null> {
  const type = call.headers['content-type'] ?? '';
  if (type.startsWith('multipart/form-data')) return readForm(call, type);
  const { body } = call;
  return typeof body === 'object' && body !== null && !Array.isArray(body)
    ? { form: false, fields: { ...body }, files: [] }
    : null;
}

async function readForm(call: Call, type: string): Promise<SentFields | null> {
  const form = await new Response(new Uint8Array(call.raw), { headers: { 'content-type': type } })
    .formData()
    .catch(() => null);
  if (form === null) return null;
  const fields: Record<string, unknown> = {};
  const files: SentFile[] = [];
  for (const [field, value] of form) {
    if (typeof value === 'string') fields[field] = value;
    else files.push({ field, type: value.type, bytes: await value.bytes() });
  }
  return { form: true, fields, files };
}
