import type { ObjectContent } from '../../store/objects/find-content.ts';
import { type ObjectLocation, ObjectStorageError, type ObjectSummary } from '../object-storage.ts';

/** Whether an object is still the one that was listed. */
export const isAsListed = (
  object: Pick<ObjectContent, 'size' | 'etag'>,
  listed: Pick<ObjectSummary, 'size' | 'etag'>,
): boolean => object.size === listed.size && quoted(object.etag) === listed.etag;

export const replaced = ({ bucket, key }: ObjectLocation) =>
  new ObjectStorageError('PreconditionFailed', `s3://${bucket}/${key} was replaced after it was listed`);

/** An ETag as listings tell it. */
export const quoted = (etag: string): string => `"${etag}"`;
