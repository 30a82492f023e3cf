import { randomUUID } from 'node:crypto';
import type { Database } from '../store/database.ts';
import { addEvent } from '../store/events/add-event.ts';
import { jobEvent } from '../training/job-event.ts';
import type { ActiveFault, FaultSubject } from './fault.ts';

/** `Struck`: it happens to the job; `Refused`: it can't. */
export type FaultOutcome =
  | { readonly type: 'Struck' }
  | { readonly type: 'Refused'; readonly reason: string };

/** Tells whoever watches the job what a fault did to it. To be called in the transaction of the strike. */
export function addFaultEvent(
  database: Database,
  { id, fault }: Pick<ActiveFault, 'id' | 'fault'>,
  { jobId, jobName, jobArn, attempt }: FaultSubject,
  { at, outcome }: { readonly at: number; readonly outcome: FaultOutcome },
): void {
  const event = jobEvent(
    jobArn,
    { id: randomUUID(), at },
    {
      source: 'trainyard',
      type: `Trainyard Fault ${outcome.type}`,
      detail: {
        TrainingJobName: jobName,
        TrainingJobArn: jobArn,
        Attempt: attempt,
        FaultId: id,
        Fault: fault,
        ...(outcome.type === 'Refused' && { Reason: outcome.reason }),
      },
    },
  );
  addEvent(database, { jobId, jobName }, { kind: 'fault', at, event });
}
