import type { Database } from '../../store/database.ts';
import { doomBlobs } from '../../store/objects/doom-blobs.ts';
import { findBucket } from '../../store/objects/find-bucket.ts';
import { findObject } from '../../store/objects/find-object.ts';
import { replaceObject } from '../../store/objects/replace-object.ts';
import type { StoredObject, WriteConditions } from './embedded-store.ts';
import { noSuchBucket, noSuchKey, preconditionFailed } from './refusals.ts';

/** Makes an object visible, provided that its bucket is still there and the conditions hold. Within the caller's transaction. */
export function placeObject(
  database: Database,
  object: StoredObject,
  conditions: WriteConditions | undefined,
): void {
  if (!findBucket(database, object.bucket)) throw noSuchBucket(object.bucket);
  const replaced = findObject(database, object);
  checkConditions(object.key, replaced, conditions);
  replaceObject(database, object);
  if (replaced) doomBlobs(database, replaced.blobs, object.modifiedAt);
}

/** S3 answers If-Match on a key that has no object with NoSuchKey (User Guide, "conditional writes"). */
function checkConditions(
  key: string,
  current: StoredObject | undefined,
  conditions: WriteConditions | undefined,
): void {
  if (conditions?.ifNoneMatch !== undefined && current) throw preconditionFailed(key);
  if (conditions?.ifMatch === undefined) return;
  if (!current) throw noSuchKey(key);
  const wanted = unquoted(conditions.ifMatch);
  if (wanted !== '*' && wanted !== current.etag) throw preconditionFailed(key);
}

/** An ETag without its quotes, however the client wrote it. */
export const unquoted = (etag: string): string => etag.replace(/^"(.*)"$/, '$1');
