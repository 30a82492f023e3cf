import type { TrainingJobStatus } from '../../model/types.generated.ts';

/** Whether nothing happens to the job any more. */
export const hasEnded = (status: TrainingJobStatus): boolean =>
  status === 'Completed' || status === 'Failed' || status === 'Stopped';
