/** What became of a job after its task had ended without it: written once, into the attempt's row alone. */
import type { DatabaseSync } from 'node:sqlite';
import type { Command, Results } from '../commands.ts';

const RECORD = `
  UPDATE attempts SET late = :late
  WHERE number = :number AND late = 'null' AND state IN ('abandoned', 'unknown')
    AND task_seq = (SELECT seq FROM tasks WHERE id = :taskId AND step = 'done')`;

type RecordLateCommand = Extract<Command, { kind: 'record_late' }>;

export function prepareRecordLate(db: DatabaseSync): (command: RecordLateCommand) => Results['record_late'] {
  const record = db.prepare(RECORD);
  return ({ taskId, number, late }) => record.run({ taskId, number, late }).changes === 1;
}
