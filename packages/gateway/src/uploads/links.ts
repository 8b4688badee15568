/** Links to uploads: signed, living exactly as long as the file, the same each time they are shown. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { UploadRecord } from '../store/uploads.ts';

export interface UploadLinks {
  /** `<base>/f/<file id>/<file name>?e=<unix seconds>&s=<signature>` */
  fileUrl(upload: UploadRecord): string;
  /** The same, to be saved instead of shown. */
  downloadUrl(upload: UploadRecord): string;
  /** Whether the signature is ours. When the file's time is over, its row says. */
  verify(fileId: string, fileName: string, expires: string, signature: string): boolean;
  /** Whether a URL has the form and the place of our links, whatever its signature is worth. */
  isOwn(url: string): boolean;
  /** The file id of a URL that is ours and rightly signed. */
  fileIdOf(url: string): string | null;
}

export interface UploadLinkSettings {
  readonly secret: Uint8Array;
  /** Without a slash at the end. Called late: the port is known only once the server listens. */
  readonly baseUrl: () => string;
}

export function createUploadLinks({ secret, baseUrl }: UploadLinkSettings): UploadLinks {
  const sign = (fileId: string, fileName: string, expires: string) =>
    createHmac('sha256', secret).update(`upload\n${fileId}\n${fileName}\n${expires}`).digest('base64url');

  const fileUrl = ({ id, fileName, expiresAt }: UploadRecord) => {
    const expires = String(Math.floor(expiresAt / 1000));
    return `${baseUrl()}/f/${id}/${encodeURIComponent(fileName)}?e=${expires}&s=${sign(id, fileName, expires)}`;
  };

  const verify = (fileId: string, fileName: string, expires: string, signature: string) => {
    const expected = Buffer.from(sign(fileId, fileName, expires));
    const given = Buffer.from(signature);
    return given.length === expected.length && timingSafeEqual(given, expected);
  };

  /** Id and rest of a URL of ours. Both sides go through the same parser, so that case and escapes of the host do not matter. */
  const ownParts = (text: string): { fileId: string; name: string; query: URLSearchParams } | null => {
    const prefix = `${baseUrl()}/f/`;
    if (text.length > 8192 || !URL.canParse(text) || !URL.canParse(prefix)) return null;
    const url = new URL(text);
    const base = new URL(prefix);
    if (url.origin !== base.origin || !url.pathname.startsWith(base.pathname)) return null;
    const parts = url.pathname.slice(base.pathname.length).split('/');
    const [fileId, name] = parts;
    if (fileId === undefined || name === undefined || parts.length !== 2) return null;
    return { fileId, name, query: url.searchParams };
  };

  return {
    fileUrl,
    downloadUrl: (upload) => `${fileUrl(upload)}&download=1`,
    verify,
    isOwn: (url) => ownParts(url) !== null,
    fileIdOf(url) {
      const parts = ownParts(url);
      const name = parts && decoded(parts.name);
      if (!parts || name === null) return null;
      const { fileId, query } = parts;
      return verify(fileId, name, query.get('e') ?? '', query.get('s') ?? '') ? fileId : null;
    },
  };
}

function decoded(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}
