/** The files API (contract.md 7): its envelope, its codes and its calls. */
import Type, { type Static, type TSchema } from 'typebox';
import { oneOf } from './schema.ts';

/** Beyond the HTTP status itself, what `code` of a refused call can be. */
export const FILE_CODES = {
  40001: 'The file is too large.',
  40002: 'Files of this type are not taken.',
  40003: 'The account has as many files as it may have.',
  40004: 'The file could not be downloaded from `file_url`.',
  50001: 'The file could not be stored or read.',
} as const;

export const FileSchema = Type.Object(
  {
    file_id: Type.String(),
    file_name: Type.String({ description: 'What it is kept under; its extension fits its content.' }),
    original_name: Type.String({ description: 'What the sender called it.' }),
    file_size: Type.Integer({ description: 'Bytes.' }),
    mime_type: Type.String({ description: 'By content.' }),
    sha256: Type.String({ description: 'Of the bytes, hex: tells whether a file is there already.' }),
    upload_path: Type.String({ description: 'Without a slash at either end; empty for the top.' }),
    file_url: Type.String({ description: 'A signed link that shows the file, until it expires.' }),
    download_url: Type.String({ description: 'The same link, to be saved.' }),
    upload_time: Type.Integer({ description: 'Unix seconds.' }),
    expires_at: Type.String({ format: 'date-time' }),
  },
  { $id: 'File' },
);
export type FileView = Static<typeof FileSchema>;

const NAMES = {
  upload_path: Type.Optional(
    Type.String({ maxLength: 4096, description: 'Where to keep it: `images/2026`. Also `uploadPath`.' }),
  ),
  file_name: Type.Optional(
    Type.String({
      maxLength: 4096,
      description:
        'What to call it. The same name at the same path replaces the older file. Also `fileName`.',
    }),
  ),
};

export const UploadForm = Type.Object({
  file: Type.Unsafe<unknown>({ type: 'string', format: 'binary', description: 'The file.' }),
  ...NAMES,
});
export const UploadBase64 = Type.Object({
  base64_data: Type.String({ description: 'The file in base64, bare or as a data: URL.' }),
  ...NAMES,
});
export const UploadUrl = Type.Object({
  file_url: Type.String({ maxLength: 8192, description: 'An https: link to the file.' }),
  ...NAMES,
});

export const FileListQuery = Type.Object({
  page: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
  pageSize: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, description: '20 by default.' })),
});

export const FileLinkParams = Type.Object({ file_id: Type.String(), file_name: Type.String() });
export const FileLinkQuery = Type.Object({
  e: Type.Optional(Type.String({ description: 'When the link expires, unix seconds.' })),
  s: Type.Optional(Type.String({ description: 'The signature.' })),
  download: Type.Optional(oneOf(['1'], 'To save the file instead of showing it.')),
});

export const FileFailure = Type.Object(
  {
    success: Type.Boolean({ description: 'false' }),
    code: Type.Integer({
      description: `The HTTP status, or: ${Object.entries(FILE_CODES)
        .map(([code, text]) => `${code} ${text}`)
        .join(' ')}`,
    }),
    msg: Type.String({ description: 'What happened and what to do about it.' }),
    request_id: Type.String(),
  },
  { $id: 'FileFailure' },
);

/** How the calls of this API are refused: by status, in an envelope of their own. */
const REFUSED = {
  400: '`400`: what was sent is incomplete or broken; `msg` names the field. `40004`: `file_url` could not be downloaded.',
  401: '`401`: the API key is missing or unknown.',
  403: '`403`: the API key is disabled or has expired. `40003`: all places for files are taken.',
  413: '`40001`: the file is too large.',
  415: '`40002`: the file is of a type that is not taken.',
  429: '`429`: as many uploads are under way as there may be; `Retry-After` says when to come again.',
  500: '`50001`: the file could not be stored or read.',
  503: '`50001`: the store cannot be reached at present.',
} as const;
const { 400: badRequest, 401: noKey, 403: refusedKey, 500: broken, 503: down } = REFUSED;

const uploading = { schema: FileFailure, statuses: REFUSED } as const;
const reading = {
  schema: FileFailure,
  statuses: { 400: badRequest, 401: noKey, 403: refusedKey, 500: broken, 503: down },
} as const;
const deleting = {
  schema: FileFailure,
  statuses: { ...reading.statuses, 404: '`404`: the account has no such file (any more).' },
} as const;

const answer = (data: TSchema, description: string) => ({
  type: 'application/json' as const,
  schema: Type.Object({ success: Type.Boolean(), code: Type.Integer(), msg: Type.String(), data }),
  description,
});
const uploaded = answer(FileSchema, 'The file.');

const upload = {
  group: 'Files',
  method: 'POST',
  auth: 'key',
  answer: uploaded,
  errors: [],
  failure: uploading,
} as const;

export const FILE_ROUTES = [
  {
    ...upload,
    id: 'uploadStream',
    path: '/api/v1/files/upload/stream',
    summary: 'Upload a file as multipart/form-data.',
    body: UploadForm,
    bodyType: 'multipart/form-data',
  },
  {
    ...upload,
    id: 'uploadBase64',
    path: '/api/v1/files/upload/base64',
    summary: 'Upload a file in base64.',
    body: UploadBase64,
  },
  {
    ...upload,
    id: 'uploadUrl',
    path: '/api/v1/files/upload/url',
    summary: 'Have a file downloaded from a link.',
    body: UploadUrl,
  },
  {
    id: 'listFiles',
    group: 'Files',
    method: 'GET',
    path: '/api/v1/files/list',
    auth: 'key',
    summary: "The account's files, newest first.",
    query: FileListQuery,
    answer: answer(
      Type.Object({
        total: Type.Integer(),
        page: Type.Integer(),
        page_size: Type.Integer(),
        files: Type.Array(FileSchema),
      }),
      'One page.',
    ),
    errors: [],
    failure: reading,
  },
  {
    id: 'filesQuota',
    group: 'Files',
    method: 'GET',
    path: '/api/v1/files/quota',
    auth: 'key',
    summary: 'How many files the account has and may have.',
    answer: answer(
      Type.Object({
        user_group: Type.String(),
        used_files: Type.Integer(),
        max_files: Type.Integer(),
        remain_files: Type.Integer(),
      }),
      'The quota.',
    ),
    errors: [],
    failure: reading,
  },
  {
    id: 'deleteFile',
    group: 'Files',
    method: 'DELETE',
    path: '/api/v1/files/{file_id}',
    auth: 'key',
    summary: 'Delete a file; its links end at once.',
    params: Type.Object({ file_id: Type.String() }),
    answer: answer(Type.Object({ file_id: Type.String() }), 'It is gone.'),
    errors: [],
    failure: deleting,
  },
  {
    id: 'getFile',
    group: 'Files',
    method: 'GET',
    path: '/f/{file_id}/{file_name}',
    auth: 'signature',
    summary: 'An uploaded file, as `file_url` and `download_url` link to it. Ranges and HEAD are understood.',
    params: FileLinkParams,
    query: FileLinkQuery,
    answer: { type: '*/*', description: 'The bytes.' },
    errors: ['resource_not_found', 'invalid_parameters', 'service_error', 'service_unavailable'],
  },
] as const;

export type FileRouteId = (typeof FILE_ROUTES)[number]['id'];
