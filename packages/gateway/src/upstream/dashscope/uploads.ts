/**
 * Input media as DashScope takes them: pictures inside the request while they are small (an item of base64 may have 10 MB), anything
 * else put into its store first, where it lives two days, and named by an `oss://` address that only our account can use.
 * Facts: help.aliyun.com/zh/model-studio/get-temporary-file-url.
 */
import type { Evidence } from '@sluice/errors';
import type { CallContext, SubmitOutcome } from '../adapter.ts';
import { formOf } from '../call.ts';
import type { HostedApi } from '../hosted.ts';
import type { InputFile } from '../read-inputs.ts';
import { isUploadPolicy } from './wire.ts';

const MAX_INLINE_CHARACTERS = 10_485_760;
const UPLOAD_TIMEOUT_MS = 300_000;

export type Given =
  | { readonly kind: 'given'; readonly urls: readonly string[] }
  /** Nothing was submitted, so no job can exist. */
  | Extract<SubmitOutcome, { kind: 'rejected' }>;

/** The store keeps a file for one model, the one that is going to read it. */
export async function give(
  api: HostedApi,
  files: readonly InputFile[],
  model: string,
  ctx: CallContext,
): Promise<Given> {
  const urls: string[] = [];
  for (const file of files) {
    const inline = inlined(file);
    const url = inline ?? (await upload(api, file, model, ctx));
    if (typeof url !== 'string') return { kind: 'rejected', evidence: url };
    urls.push(url);
  }
  return { kind: 'given', urls };
}

/** Sound and clips are taken by address only. */
function inlined({ input, bytes }: InputFile): string | null {
  if (input.kind !== 'image') return null;
  const url = `data:${input.mimeType};base64,${Buffer.from(bytes).toString('base64')}`;
  return url.length <= MAX_INLINE_CHARACTERS ? url : null;
}

async function upload(
  { caller, baseUrl, headers }: HostedApi,
  { input, bytes }: InputFile,
  model: string,
  ctx: CallContext,
): Promise<string | Evidence> {
  const url = `${baseUrl}/uploads?action=getPolicy&model=${encodeURIComponent(model)}`;
  const allowed = await caller.send({ method: 'GET', url, headers }, ctx.signal);
  if (allowed.kind === 'silence' || allowed.status >= 300 || !isUploadPolicy(allowed.body)) {
    return caller.evidence(allowed, 'submit');
  }
  const { data } = allowed.body;
  const fileName = `${input.param}-${input.index}.${input.mimeType.split('/')[1] ?? 'bin'}`;
  const key = `${data.upload_dir}/${fileName}`;
  const texts = {
    OSSAccessKeyId: data.oss_access_key_id,
    Signature: data.signature,
    policy: data.policy,
    'x-oss-object-acl': data.x_oss_object_acl,
    'x-oss-forbid-overwrite': data.x_oss_forbid_overwrite,
    key,
    success_action_status: '200',
  };
  // The store is another host: it gets the form that was signed for it, never our key. It wants the file last.
  const parts = Object.entries(texts).map(([name, text]) => ({ name, text }));
  const file = { name: 'file', file: bytes, mimeType: input.mimeType, fileName };
  const put = await caller.send(
    { method: 'POST', url: data.upload_host, body: formOf([...parts, file]), timeoutMs: UPLOAD_TIMEOUT_MS },
    ctx.signal,
  );
  if (put.kind === 'silence' || put.status >= 300) return caller.evidence(put, 'submit');
  return `oss://${key}`;
}
