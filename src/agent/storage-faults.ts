import { ObjectStorageError } from '../objects/object-storage.ts';
import { type FaultKind, JobFault } from '../training/fault.ts';

/** S3's refusals that only the job's owner can do something about. Everything else a store says is an infrastructure fault. */
const OWNERS_FAULTS: ReadonlySet<string> = new Set([
  'AccessDenied',
  'InvalidBucketName',
  'InvalidObjectState',
  'InvalidURI',
  'KeyTooLongError',
  'NoSuchBucket',
  'NoSuchKey',
  'PermanentRedirect',
  'PreconditionFailed',
]);

/** Errors of the local disk that another try would meet again, because it is full. */
const FULL_DISK: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT']);

/** Whether trying again may help. */
export function isTransient(error: unknown): boolean {
  return faultKind(error) === 'InternalServerError' && !(error instanceof JobFault);
}

/** The fault that a failure between the disk and the store is to the job. `where` names what was being moved. */
export function transferFault(where: string, error: unknown): JobFault {
  if (error instanceof JobFault) return error;
  return new JobFault(faultKind(error), `${where}: ${causeOf(error)}`);
}

export function causeOf(error: unknown): string {
  if (error instanceof ObjectStorageError) return `${error.code}: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}

function faultKind(error: unknown): FaultKind {
  if (error instanceof ObjectStorageError && isOwnersFault(error.code)) return 'ClientError';
  if (error instanceof Error && 'code' in error && FULL_DISK.has(String(error.code))) return 'ClientError';
  return 'InternalServerError';
}

/** All that KMS refuses is about the key that the owner chose. */
function isOwnersFault(code: string): boolean {
  return OWNERS_FAULTS.has(code) || code.startsWith('KMS.');
}
