import { validation } from '../../model/errors.ts';
import { type ObjectLocation, parseS3Uri } from '../../objects/object-storage.ts';
import type { SageMakerContext } from './context.ts';
import { roleNotAssumable } from './errors.ts';

/** Throws a `ValidationException` unless a job of the role can write below an S3 URI. `member` is where the request names it. */
export async function checkOutputPlace(
  context: SageMakerContext,
  member: string,
  uri: string,
  roleArn: string,
): Promise<void> {
  const permissions = context.permissionsOfRole(roleArn);
  if (!permissions) throw roleNotAssumable(roleArn);
  const { bucket, key } = locationOf(uri, member);
  if (!(await context.storage.bucketExists(bucket)))
    throw validation(`${member} names a bucket that does not exist: ${uri}`);
  if (!permissions.mayUse('write', bucket, folderOf(key)))
    throw validation(`${member} is not a place that role ${roleArn} may write to: ${uri}`);
}

export function locationOf(uri: string, member: string): ObjectLocation {
  try {
    return parseS3Uri(uri);
  } catch {
    throw validation(`${member} is not an S3 URI: ${uri}`);
  }
}

/** What a job writes there lies in a folder of its own. */
const folderOf = (key: string): string => (key === '' || key.endsWith('/') ? key : `${key}/`);
