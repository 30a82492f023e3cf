import type { Clock } from '../clock/clock.ts';
import { systemClock } from '../clock/system-clock.ts';
import type { Settings } from '../config/settings.ts';
import type { Driver } from '../executors/driver.ts';
import type { LogStreams } from '../logs/log-streams.ts';
import type { OpenStorage } from '../objects/open-storage.ts';
import type { Orchestrator } from '../orchestrator/orchestrator.ts';
import { guarded } from '../services/access/guarded.ts';
import { createCloudWatchService } from '../services/cloudwatch/cloudwatch.ts';
import { createEcrService } from '../services/ecr/ecr.ts';
import { createIamService } from '../services/iam/iam.ts';
import type { RoleList } from '../services/iam/roles.ts';
import { createLogsService } from '../services/logs/logs-service.ts';
import { createSageMakerService } from '../services/sagemaker/sagemaker.ts';
import { createSageMakerMetricsService } from '../services/sagemaker-metrics/sagemaker-metrics.ts';
import { createStsService } from '../services/sts/sts.ts';
import type { Database } from '../store/database.ts';
import { finalMetrics } from '../store/metrics/finals.ts';

/** What the services are made of. */
export interface ServicesPlace {
  readonly settings: Settings;
  /** What jobs go by. */
  readonly clock: Clock;
  readonly database: Database;
  readonly orchestrator: Orchestrator;
  readonly driver: Driver;
  readonly roles: RoleList;
  readonly objects: OpenStorage;
  readonly logs: LogStreams;
}

/** AWS's services but for S3. What a job's key may do there is what its role allows; who a caller is, STS tells everybody. */
export function createServices(place: ServicesPlace) {
  const { settings, clock, database, orchestrator, driver, roles, objects, logs } = place;
  const { account, region, images, executors } = settings;
  const permissionsOf = (callerArn: string) => roles.permissionsOf(callerArn);
  const sagemaker = createSageMakerService({
    ...{ account, region, clock, database, orchestrator, driver },
    storage: objects.storage,
    permissionsOfRole: (arn) => roles.find(arn)?.permissions,
    kmsKeyExists: (keyId) => objects.embedded?.keys.has(keyId),
    finalMetrics: (jobId) => finalMetrics(database, jobId),
  });
  const isLocal = (image: string) => Object.hasOwn(executors.process.images, image);
  const ecr = createEcrService({ account, region, images, isLocal });
  const cloudwatch = createCloudWatchService({ account, clock, database });
  // The times that its callers give are those of their machine.
  const metrics = createSageMakerMetricsService({ account, region, clock: systemClock, database });
  return {
    sagemaker: guarded('sagemaker', sagemaker, permissionsOf),
    logs: guarded('logs', createLogsService(logs), permissionsOf),
    sts: createStsService(roles),
    iam: guarded('iam', createIamService(roles), permissionsOf),
    ecr: guarded('ecr', ecr, permissionsOf),
    cloudwatch: guarded('cloudwatch', cloudwatch, permissionsOf),
    'sagemaker-metrics': guarded('sagemaker', metrics, permissionsOf),
  };
}
