import type { TrainingJobStatus } from '../../model/types.generated.ts';

/** Whether the job is over: one that is Deleting was. */
export const hasEnded = (status: TrainingJobStatus): boolean =>
  status !== 'InProgress' && status !== 'Stopping';
