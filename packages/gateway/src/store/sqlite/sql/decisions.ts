/** Moderation's decisions and what an operator overruled, inside the caller's transaction. */
import type { DatabaseSync } from 'node:sqlite';
import type { StoredDecision, StoredOverrule } from '../../decisions.ts';
import { integer, type Row, text, textOrNull } from './columns.ts';

const RECORD = `
  INSERT INTO decisions (id, task_id, account_id, key_id, model, stage, findings, failures, verdict, at)
  VALUES (:id, :taskId, :accountId, :keyId, :model, :stage, :findings, :failures, :verdict, :at)`;

const BOTH_EXIST = `
  SELECT 1 FROM api_keys, decisions WHERE api_keys.id = ? AND decisions.id = ?`;

const OVERRULE = `
  INSERT INTO overrules (key_id, decision_id, detector, category, rule, made_by, at)
  VALUES (:keyId, :decisionId, :detector, :category, :rule, :by, :at)
  ON CONFLICT DO NOTHING`;

const TAKE_BACK = `DELETE FROM overrules WHERE decision_id = :decisionId AND (:keyId IS NULL OR key_id = :keyId)`;

const SWEEP = `
  DELETE FROM decisions WHERE seq IN
    (SELECT seq FROM decisions WHERE at < ? AND NOT EXISTS (SELECT 1 FROM overrules WHERE decision_id = decisions.id)
     ORDER BY at LIMIT ?)`;

export function prepareDecisions(db: DatabaseSync) {
  const record = db.prepare(RECORD);
  const bothExist = db.prepare(BOTH_EXIST);
  const overrule = db.prepare(OVERRULE);
  const takeBack = db.prepare(TAKE_BACK);
  const sweep = db.prepare(SWEEP);

  return {
    record(decision: StoredDecision): null {
      record.run({ ...decision });
      return null;
    },
    overrule(added: StoredOverrule): boolean {
      if (!bothExist.get(added.keyId, added.decisionId)) return false;
      overrule.run({ ...added });
      return true;
    },
    takeBack: (decisionId: string, keyId: string | null): number =>
      Number(takeBack.run({ decisionId, keyId }).changes),
    sweep: (before: number, limit: number): number => Number(sweep.run(before, limit).changes),
  };
}

export function readDecision(row: Row): StoredDecision {
  return {
    id: text(row, 'id'),
    taskId: textOrNull(row, 'task_id'),
    accountId: text(row, 'account_id'),
    keyId: text(row, 'key_id'),
    model: text(row, 'model'),
    stage: text(row, 'stage'),
    findings: text(row, 'findings'),
    failures: text(row, 'failures'),
    verdict: text(row, 'verdict'),
    at: integer(row, 'at'),
  };
}

export function readOverrule(row: Row): StoredOverrule {
  return {
    keyId: text(row, 'key_id'),
    decisionId: text(row, 'decision_id'),
    detector: text(row, 'detector'),
    category: text(row, 'category'),
    rule: textOrNull(row, 'rule'),
    by: textOrNull(row, 'made_by'),
    at: integer(row, 'at'),
  };
}
