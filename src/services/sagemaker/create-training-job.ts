import { compileMetricRegex } from '../../metrics/metric-regex.ts';
import { validation } from '../../model/errors.ts';
import type { CreateTrainingJobRequest, CreateTrainingJobResponse } from '../../model/types.generated.ts';
import { type ObjectLocation, ObjectStorageError, parseS3Uri } from '../../objects/object-storage.ts';
import { insertJob } from '../../store/jobs/insert-job.ts';
import type { StoredJob } from '../../store/jobs/stored-job.ts';
import { putTags } from '../../store/tags/tags.ts';
import { withDefaults } from '../../training/defaults.ts';
import { brokenRule } from '../../training/request-rules.ts';
import { type SageMakerContext, trainingJobArn } from './context.ts';
import { emptyPrefix, nameInUse, roleNotAssumable } from './errors.ts';
import { refusedMember } from './refused-members.ts';

/** Checks a request against all that can be known before it runs, stores the job durably, and sets it going. */
export async function createTrainingJob(
  context: SageMakerContext,
  request: CreateTrainingJobRequest,
): Promise<CreateTrainingJobResponse> {
  const complaint = brokenRule(request) ?? refusedMember(request) ?? badMetric(request);
  if (complaint) throw validation(complaint);
  if (!context.roleExists(request.RoleArn)) throw roleNotAssumable(request.RoleArn);
  const refusal = context.driver.refusal(request);
  if (refusal) throw validation(refusal);
  await checkOutputBucket(context, request);
  await checkChannels(context, request);
  const stored = store(context, request);
  context.orchestrator.admit(stored);
  return { TrainingJobArn: stored.job.arn };
}

function badMetric(request: CreateTrainingJobRequest): string | undefined {
  for (const { Name, Regex } of request.AlgorithmSpecification?.MetricDefinitions ?? []) {
    try {
      compileMetricRegex(Regex);
    } catch (error) {
      return `Invalid AlgorithmSpecification.MetricDefinitions: the regular expression of metric '${Name}' can't be used: ${(error as Error).message}`;
    }
  }
  return undefined;
}

async function checkOutputBucket(
  context: SageMakerContext,
  request: CreateTrainingJobRequest,
): Promise<void> {
  const uri = request.OutputDataConfig.S3OutputPath;
  if (await context.storage.bucketExists(locationOf(uri, 'OutputDataConfig.S3OutputPath').bucket)) return;
  throw validation(`OutputDataConfig.S3OutputPath names a bucket that does not exist: ${uri}`);
}

async function checkChannels(context: SageMakerContext, request: CreateTrainingJobRequest): Promise<void> {
  for (const channel of request.InputDataConfig ?? []) {
    const uri = channel.DataSource.S3DataSource?.S3Uri;
    if (uri === undefined) continue;
    const location = locationOf(uri, 'InputDataConfig.DataSource.S3DataSource.S3Uri');
    if (!(await hasObjects(context, location))) {
      throw emptyPrefix(uri, location.bucket, context.region, request.RoleArn);
    }
  }
}

async function hasObjects(context: SageMakerContext, { bucket, key }: ObjectLocation): Promise<boolean> {
  try {
    for await (const _ of context.storage.list(bucket, key, { limit: 1 })) return true;
    return false;
  } catch (error) {
    if (error instanceof ObjectStorageError && error.code === 'NoSuchBucket') return false;
    throw error;
  }
}

function locationOf(uri: string, member: string): ObjectLocation {
  try {
    return parseS3Uri(uri);
  } catch {
    throw validation(`${member} is not an S3 URI: ${uri}`);
  }
}

/** The job and its tags, in one transaction. */
function store(context: SageMakerContext, request: CreateTrainingJobRequest): StoredJob {
  const name = request.TrainingJobName;
  const arn = trainingJobArn(context, name);
  return context.database.transaction(() => {
    const fact = { kind: 'JobCreated', name, arn, request: withDefaults(request) } as const;
    const stored = insertJob(context.database, fact, context.clock.now());
    if (!stored) throw nameInUse(arn);
    putTags(context.database, arn, request.Tags ?? []);
    return stored;
  });
}
