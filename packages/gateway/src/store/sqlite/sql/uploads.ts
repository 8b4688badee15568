/** Uploads: quota, override and the row in one go, inside the caller's transaction. */
import type { DatabaseSync } from 'node:sqlite';
import type { UploadAdmission, UploadRecord } from '../../uploads.ts';
import { integer, type Row, text } from './columns.ts';

/** Expired or not: a name is free only once its row is gone. */
const TAKE_NAME = `
  DELETE FROM uploads WHERE account_id = ? AND upload_path = ? AND file_name = ? RETURNING *`;

const ALIVE = `SELECT count(*) AS alive FROM uploads WHERE account_id = ? AND expires_at > ?`;

const INSERT = `
  INSERT INTO uploads (id, account_id, upload_path, file_name, original_name, mime_type, bytes, sha256, file_key, created_at,
    expires_at)
  VALUES (:id, :accountId, :uploadPath, :fileName, :originalName, :mimeType, :bytes, :sha256, :fileKey, :createdAt, :expiresAt)`;

const FIND_NAME = `
  SELECT expires_at FROM uploads WHERE account_id = ? AND upload_path = ? AND file_name = ?`;

const REMOVE = `DELETE FROM uploads WHERE id = ? AND account_id = ? AND expires_at > ? RETURNING *`;

const SWEEP = `
  DELETE FROM uploads WHERE id IN (SELECT id FROM uploads WHERE expires_at <= ? ORDER BY expires_at LIMIT ?) RETURNING *`;

export function prepareUploads(db: DatabaseSync) {
  const takeName = db.prepare(TAKE_NAME);
  const alive = db.prepare(ALIVE);
  const insert = db.prepare(INSERT);
  const findName = db.prepare(FIND_NAME);
  const remove = db.prepare(REMOVE);
  const sweep = db.prepare(SWEEP);

  return {
    admit(upload: UploadRecord, maxFiles: number): UploadAdmission {
      const { accountId, uploadPath, fileName, createdAt } = upload;
      const row = alive.get(accountId, createdAt);
      const used = row ? integer(row, 'alive') : 0;
      const namesake = findName.get(accountId, uploadPath, fileName);
      const freed = namesake && integer(namesake, 'expires_at') > createdAt ? 1 : 0;
      if (used - freed >= maxFiles) return { kind: 'quota_exceeded', used };
      const replaced = takeName.get(accountId, uploadPath, fileName);
      insert.run({ ...upload });
      return { kind: 'admitted', replaced: replaced ? readUpload(replaced) : null };
    },
    remove(accountId: string, id: string, now: number): UploadRecord | null {
      const row = remove.get(id, accountId, now);
      return row ? readUpload(row) : null;
    },
    sweep: (now: number, limit: number): readonly UploadRecord[] => sweep.all(now, limit).map(readUpload),
  };
}

export function readUpload(row: Row): UploadRecord {
  return {
    id: text(row, 'id'),
    accountId: text(row, 'account_id'),
    uploadPath: text(row, 'upload_path'),
    fileName: text(row, 'file_name'),
    originalName: text(row, 'original_name'),
    mimeType: text(row, 'mime_type'),
    bytes: integer(row, 'bytes'),
    sha256: text(row, 'sha256'),
    fileKey: text(row, 'file_key'),
    createdAt: integer(row, 'created_at'),
    expiresAt: integer(row, 'expires_at'),
  };
}
