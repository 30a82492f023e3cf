import type { Clock } from '../../clock/clock.ts';
import type { Driver } from '../../executors/driver.ts';
import type { MetricData } from '../../model/types.generated.ts';
import type { ObjectStorage } from '../../objects/object-storage.ts';
import type { Orchestrator } from '../../orchestrator/orchestrator.ts';
import type { Database } from '../../store/database.ts';
import type { Permissions } from '../access/permissions.ts';

/** What the SageMaker operations stand on. */
export interface SageMakerContext {
  readonly account: string;
  readonly region: string;
  readonly clock: Clock;
  readonly database: Database;
  readonly storage: ObjectStorage;
  readonly orchestrator: Orchestrator;
  readonly driver: Driver;
  /** What a job of a role may do; undefined where there is no such role. */
  permissionsOfRole(arn: string): Permissions | undefined;
  /** Whether the store has a KMS key of this id, alias or ARN; undefined when only the store itself can say so. */
  kmsKeyExists(keyId: string): boolean | undefined;
  /** The last value of each metric of a job. */
  finalMetrics(jobId: number): readonly MetricData[];
}

/** The ARN of a training job: it carries the name in lower case (training contract §0). */
export const trainingJobArn = (context: Pick<SageMakerContext, 'account' | 'region'>, name: string): string =>
  `arn:aws:sagemaker:${context.region}:${context.account}:training-job/${name.toLowerCase()}`;
