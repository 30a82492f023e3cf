import type { Fact } from '../../training/facts.ts';
import type { Database } from '../database.ts';

export interface NumberedFact {
  readonly number: number;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly fact: Fact;
}

/** The facts of a job, in the order they happened. */
export function jobFacts(database: Database, jobId: number): NumberedFact[] {
  const rows = database
    .prepare('SELECT number, at, fact FROM job_facts WHERE job_id = ? ORDER BY number')
    .all(jobId);
  return (rows as unknown as { number: number; at: number; fact: string }[]).map(({ number, at, fact }) => ({
    number,
    at,
    fact: JSON.parse(fact) as Fact,
  }));
}
