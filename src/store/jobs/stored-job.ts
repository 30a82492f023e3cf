import type { Job } from '../../training/job.ts';

/** A job as it stands in the store: its number, how many facts it is made of, and what they tell. */
export interface StoredJob {
  /** Grows with each job; never used again. */
  readonly id: number;
  readonly lastFact: number;
  readonly job: Job;
}

/** The row of a stored job, as the queries of this folder select it. */
export interface StoredJobRow {
  readonly id: number;
  readonly last_fact: number;
  readonly state: string;
}

export const fromRow = (row: StoredJobRow): StoredJob => ({
  id: row.id,
  lastFact: row.last_fact,
  job: JSON.parse(row.state) as Job,
});
