import { validation } from '../../../model/errors.ts';
import type { ResourceType } from '../../../model/types.generated.ts';

/** What can be searched. Throws a `ValidationException` that names any other resource. */
export function requireTrainingJobs(resource: ResourceType): void {
  if (resource === 'TrainingJob') return;
  throw validation(`Resource ${resource} can't be searched on this server: TrainingJob can.`);
}
