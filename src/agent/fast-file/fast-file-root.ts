import type { CreateTrainingJobRequest } from '../../model/types.generated.ts';
import {
  type ObjectLocation,
  type ObjectStorage,
  ObjectStorageError,
  parseS3Uri,
} from '../../objects/object-storage.ts';
import { inputModeOf } from '../channels/channel.ts';
import type { ObjectMounter } from './object-mounter.ts';

const URI = 'InputDataConfig.DataSource.S3DataSource.S3Uri';
const MODE = 'InputDataConfig.InputMode FastFile';

/** What FastFile channels are made of. */
export interface FastFileMeans {
  readonly storage: ObjectStorage;
  readonly mounter?: ObjectMounter | undefined;
}

/** The folder that a FastFile channel shows, as a prefix: empty for a whole bucket, else it ends in `/`. */
export function fastFileRoot(key: string): string {
  return key === '' || key.endsWith('/') ? key : `${key}/`;
}

/** Why a request's FastFile channels can't be shown here, in one sentence; undefined when they can. */
export async function fastFileRefusal(
  request: CreateTrainingJobRequest,
  { storage, mounter }: FastFileMeans,
): Promise<string | undefined> {
  for (const channel of request.InputDataConfig ?? []) {
    const source = channel.DataSource.S3DataSource;
    if (!source || inputModeOf(channel, request) !== 'FastFile') continue;
    const isShard =
      source.S3DataDistributionType === 'ShardedByS3Key' && (request.ResourceConfig?.InstanceCount ?? 1) > 1;
    const refusal =
      (await rootRefusal(source.S3Uri, storage)) ??
      (storage.files ? undefined : await mounterRefusal(mounter, isShard));
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** A folder is shown, so a prefix that is only the beginning of a folder's name means none (training contract §2.7). */
async function rootRefusal(uri: string, storage: ObjectStorage): Promise<string | undefined> {
  const location = locationOf(uri);
  if (!location) return undefined;
  const { bucket, key } = location;
  const root = fastFileRoot(key);
  if (
    root
      .split('/')
      .slice(0, -1)
      .some((name) => name === '' || name === '.' || name === '..')
  ) {
    return `${URI} ${uri} can't be shown in FastFile mode: a part of it can't be the name of a folder.`;
  }
  if (root === key || (await hasObjects(storage, bucket, root))) return undefined;
  // With no objects at all, another check says so in SageMaker's own words.
  if (!(await hasObjects(storage, bucket, key))) return undefined;
  return `${URI} ${uri} can't be shown in FastFile mode: it must be a folder, not a file or a part of a folder's name. End it with "/".`;
}

/** What is no S3 URI is refused by another check. */
function locationOf(uri: string): ObjectLocation | undefined {
  try {
    return parseS3Uri(uri);
  } catch {
    return undefined;
  }
}

async function hasObjects(storage: ObjectStorage, bucket: string, prefix: string): Promise<boolean> {
  try {
    for await (const _ of storage.list(bucket, prefix, { limit: 1 })) return true;
    return false;
  } catch (error) {
    if (error instanceof ObjectStorageError && error.code === 'NoSuchBucket') return false;
    throw error;
  }
}

async function mounterRefusal(
  mounter: ObjectMounter | undefined,
  isShard: boolean,
): Promise<string | undefined> {
  const why = mounter ? await mounter.refusal() : 'nothing here can mount objects';
  if (why !== undefined) return `${MODE} can't be honoured by this deployment: ${why}.`;
  if (!isShard) return undefined;
  return `${MODE} can't be honoured by this deployment together with ShardedByS3Key: a mount of another S3 shows all objects to each host.`;
}
