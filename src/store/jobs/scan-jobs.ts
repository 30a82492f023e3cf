import type { Database } from '../database.ts';
import { fromRow, type StoredJob, type StoredJobRow } from './stored-job.ts';

/** The orders that have an index, by their columns. */
const ORDERS = {
  modification: ['modified_at', 'id'],
  creation: ['created_at', 'id'],
  name: ['name', 'id'],
  status: ['status', 'created_at', 'id'],
} as const;

export type ScanOrder = keyof typeof ORDERS;

/** A job's place in an order. */
export type ScanPlace = readonly (string | number)[];

export interface ScannedJob extends StoredJob {
  readonly place: ScanPlace;
}

export interface Scan {
  readonly order: ScanOrder;
  readonly descending: boolean;
  /** Start after this place. */
  readonly after?: ScanPlace | undefined;
  readonly limit: number;
}

/** Whole jobs one after the other, in an order. */
export function scanJobs(database: Database, { order, descending, after, limit }: Scan): ScannedJob[] {
  const columns = ORDERS[order];
  const direction = descending ? 'DESC' : 'ASC';
  const beyond = `WHERE (${columns.join(', ')}) ${descending ? '<' : '>'} (${columns.map(() => '?').join(', ')})`;
  const rows = database
    .prepare(
      `SELECT id, last_fact, state, name, status, created_at, modified_at
       FROM jobs JOIN job_states ON job_id = id ${after ? beyond : ''}
       ORDER BY ${columns.map((column) => `${column} ${direction}`).join(', ')} LIMIT ?`,
    )
    .all(...(after ?? []), limit) as unknown as (StoredJobRow & Record<string, string | number>)[];
  return rows.map((row) => ({ ...fromRow(row), place: columns.map((column) => row[column] ?? '') }));
}
