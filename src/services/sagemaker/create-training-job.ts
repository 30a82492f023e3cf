import { validation } from '../../model/errors.ts';
import type { CreateTrainingJobRequest, CreateTrainingJobResponse } from '../../model/types.generated.ts';
import { type ObjectLocation, ObjectStorageError } from '../../objects/object-storage.ts';
import { insertJob } from '../../store/jobs/insert-job.ts';
import type { StoredJob } from '../../store/jobs/stored-job.ts';
import { putTags } from '../../store/tags/tags.ts';
import { BrokenAlgorithmRule, completedBy } from '../../training/algorithm.ts';
import { withDefaults } from '../../training/defaults.ts';
import type { Permissions } from '../access/permissions.ts';
import { existingAlgorithm } from './algorithms/describe-algorithm.ts';
import { type SageMakerContext, trainingJobArn } from './context.ts';
import { emptyPrefix, limitExceeded, nameInUse, roleNotAssumable } from './errors.ts';
import { checkOutputPlace, locationOf } from './output-places.ts';
import { requestComplaint } from './request-complaint.ts';

/** Checks a request against all that can be known before it runs, stores the job durably, and sets it going. */
export async function createTrainingJob(
  context: SageMakerContext,
  wanted: CreateTrainingJobRequest,
): Promise<CreateTrainingJobResponse> {
  const complaint = requestComplaint(wanted);
  if (complaint) throw validation(complaint);
  const request = completed(context, wanted);
  const permissions = context.permissionsOfRole(request.RoleArn);
  if (!permissions) throw roleNotAssumable(request.RoleArn);
  const refusal = context.driver.networkRefusal(request) ?? (await context.driver.refusal(request));
  if (refusal) throw validation(refusal);
  const exceeded = context.orchestrator.exceededBy(request);
  if (exceeded) throw limitExceeded(exceeded);
  checkOutputKey(context, request);
  await checkBuckets(context, request);
  await checkChannels(context, request, permissions);
  const stored = store(context, request);
  const onDisk = context.database.onDisk();
  context.orchestrator.admit(stored, onDisk);
  await onDisk;
  return { TrainingJobArn: stored.job.arn };
}

/** The request of a job that names an algorithm resource, with all that the algorithm brings: it may be deleted afterwards. */
function completed(context: SageMakerContext, request: CreateTrainingJobRequest): CreateTrainingJobRequest {
  const name = request.AlgorithmSpecification?.AlgorithmName;
  if (name === undefined) return request;
  const algorithm = existingAlgorithm(context, name);
  try {
    return completedBy(
      { name: algorithm.name, specification: algorithm.request.TrainingSpecification },
      request,
    );
  } catch (error) {
    throw error instanceof BrokenAlgorithmRule ? validation(error.message) : error;
  }
}

/** Where it is not known here whether a key exists, the store says so when the artifacts are stored. */
function checkOutputKey(context: SageMakerContext, request: CreateTrainingJobRequest): void {
  const { KmsKeyId } = request.OutputDataConfig;
  if (!KmsKeyId || context.kmsKeyExists(KmsKeyId) !== false) return;
  throw validation(
    `OutputDataConfig.KmsKeyId names a KMS key that does not exist: ${KmsKeyId}. Keys are made by the setting kms.keys.`,
  );
}

/** The buckets that the job is to write to. */
async function checkBuckets(context: SageMakerContext, request: CreateTrainingJobRequest): Promise<void> {
  const uris = {
    'OutputDataConfig.S3OutputPath': request.OutputDataConfig.S3OutputPath,
    'CheckpointConfig.S3Uri': request.CheckpointConfig?.S3Uri,
    'TensorBoardOutputConfig.S3OutputPath': request.TensorBoardOutputConfig?.S3OutputPath,
    'DebugHookConfig.S3OutputPath': request.DebugHookConfig?.S3OutputPath,
    'ProfilerConfig.S3OutputPath': request.ProfilerConfig?.S3OutputPath,
  };
  for (const [member, uri] of Object.entries(uris)) {
    if (uri !== undefined) await checkOutputPlace(context, member, uri, request.RoleArn);
  }
}

async function checkChannels(
  context: SageMakerContext,
  request: CreateTrainingJobRequest,
  permissions: Permissions,
): Promise<void> {
  for (const channel of request.InputDataConfig ?? []) {
    const source = channel.DataSource.S3DataSource;
    if (!source) continue;
    const { S3Uri: uri, S3DataType: type } = source;
    const location = locationOf(uri, 'InputDataConfig.DataSource.S3DataSource.S3Uri');
    const isManifest = type === 'ManifestFile' || type === 'AugmentedManifestFile';
    const mayRead = permissions.mayUse('read', location.bucket, location.key);
    const found =
      mayRead && (isManifest ? await context.storage.find(location) : await hasObjects(context, location));
    if (!found) {
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

/** The job and its tags, in one transaction. */
function store(context: SageMakerContext, request: CreateTrainingJobRequest): StoredJob {
  const name = request.TrainingJobName;
  const arn = trainingJobArn(context, name);
  return context.database.unhurried(() => {
    const fact = { kind: 'JobCreated', name, arn, request: withDefaults(request) } as const;
    putTags(context.database, arn, request.Tags ?? []);
    const stored = insertJob(context.database, fact, context.clock.now());
    // It takes the tags back too.
    if (!stored) throw nameInUse(arn);
    return stored;
  });
}
