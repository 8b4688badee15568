/** The store's part of the files API: which uploads an account has. Proved by `conformance/uploads.ts`, like the rest of the port. */
import type { Millis } from './records.ts';

/** One uploaded file. Its bytes are in the file store under `fileKey`. */
export interface UploadRecord {
  readonly id: string;
  readonly accountId: string;
  /** `a/b`, or empty; together with `fileName` unique in the account. */
  readonly uploadPath: string;
  readonly fileName: string;
  /** What the sender called it. */
  readonly originalName: string;
  readonly mimeType: string;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
  readonly fileKey: string;
  readonly createdAt: Millis;
  readonly expiresAt: Millis;
}

export type UploadAdmission =
  /** `replaced` had the same path and name: its row is gone, and the caller removes its bytes. */
  | { readonly kind: 'admitted'; readonly replaced: UploadRecord | null }
  | { readonly kind: 'quota_exceeded'; readonly used: number };

export interface UploadPage {
  /** Newest first: by creation, then by id, both descending. */
  readonly uploads: readonly UploadRecord[];
  readonly total: number;
}

/** An upload whose time is over is as good as absent from that very millisecond on, whenever it is swept. */
export interface UploadStore {
  /**
   * Quota, override and the new row in one transaction: of many at once never more than `maxFiles` are alive at
   * `upload.createdAt`. One of the same name is replaced, which needs no free place.
   */
  admitUpload(upload: UploadRecord, maxFiles: number): Promise<UploadAdmission>;
  /** Of any account: whoever asks must have proved a right to it. */
  upload(uploadId: string, now: Millis): Promise<UploadRecord | null>;
  uploads(accountId: string, now: Millis, offset: number, limit: number): Promise<UploadPage>;
  /** Resolves to what was removed, whose bytes the caller then removes; null where the account has no such upload. */
  removeUpload(accountId: string, uploadId: string, now: Millis): Promise<UploadRecord | null>;
  /** Removes up to `limit` uploads that expired, oldest first, and resolves to them. */
  sweepUploads(now: Millis, limit: number): Promise<readonly UploadRecord[]>;
}
