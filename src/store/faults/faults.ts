import type { Database } from '../database.ts';

/** A fault that was asked for. Times are epoch milliseconds. */
export interface StoredFault {
  readonly id: number;
  /** JSON: what was asked for. */
  readonly fault: string;
  readonly createdAt: number;
  /** When it first struck. */
  readonly struckAt: number | null;
  readonly strikes: number;
  readonly overAt: number | null;
  /** Why it is over. */
  readonly outcome: string | null;
}

/** A job on its present instances. */
export interface StruckAttempt {
  readonly jobId: number;
  readonly attempt: number;
}

const SELECT = `
  SELECT id, fault, created_at AS createdAt, over_at AS overAt, outcome,
    (SELECT min(at) FROM fault_strikes WHERE fault_id = id) AS struckAt,
    (SELECT count(*) FROM fault_strikes WHERE fault_id = id) AS strikes
  FROM faults`;

export function insertFault(database: Database, fault: string, at: number): StoredFault {
  const { id } = database
    .prepare('INSERT INTO faults (fault, created_at) VALUES (?, ?) RETURNING id')
    .get(fault, at) as { id: number };
  return { id, fault, createdAt: at, struckAt: null, strikes: 0, overAt: null, outcome: null };
}

/** The faults that are not over, oldest first. */
export function activeFaults(database: Database): StoredFault[] {
  return database.prepare(`${SELECT} WHERE over_at IS NULL ORDER BY id`).all() as unknown as StoredFault[];
}

/** The newest faults, over or not, newest first. */
export function listFaults(database: Database, limit: number): StoredFault[] {
  return database.prepare(`${SELECT} ORDER BY id DESC LIMIT ?`).all(limit) as unknown as StoredFault[];
}

/** Whether a fault of that number was ever asked for. */
export function faultExists(database: Database, id: number): boolean {
  return database.prepare('SELECT 1 FROM faults WHERE id = ?').get(id) !== undefined;
}

/** The faults that struck an attempt of a job, over or not. */
export function faultsThatStruck(database: Database, { jobId, attempt }: StruckAttempt): StoredFault[] {
  return database
    .prepare(
      `${SELECT} WHERE id IN (SELECT fault_id FROM fault_strikes WHERE job_id = ? AND attempt = ?) ORDER BY id`,
    )
    .all(jobId, attempt) as unknown as StoredFault[];
}

/** Records that a fault strikes an attempt. False: it did so before. */
export function insertStrike(
  database: Database,
  faultId: number,
  { jobId, attempt, jobName, at }: StruckAttempt & { readonly jobName: string; readonly at: number },
): boolean {
  const { changes } = database
    .prepare(
      'INSERT INTO fault_strikes (fault_id, job_id, attempt, job, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
    )
    .run(faultId, jobId, attempt, jobName, at);
  return changes === 1;
}

/** Which jobs a fault struck, and in which attempt. */
export function strikesOf(database: Database, faultId: number) {
  return database
    .prepare('SELECT job, attempt, at FROM fault_strikes WHERE fault_id = ? ORDER BY at, job_id, attempt')
    .all(faultId) as unknown as readonly { job: string; attempt: number; at: number }[];
}

/** Ends a fault. False: it was over. */
export function endFault(database: Database, id: number, at: number, outcome: string): boolean {
  const { changes } = database
    .prepare('UPDATE faults SET over_at = ?, outcome = ? WHERE id = ? AND over_at IS NULL')
    .run(at, outcome, id);
  return changes === 1;
}
