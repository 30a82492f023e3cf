import type { Database } from '../../store/database.ts';
import { doomBlobs } from '../../store/objects/doom-blobs.ts';
import { findObject } from '../../store/objects/find-object.ts';
import { replaceObject } from '../../store/objects/replace-object.ts';
import type { StoredObject } from './embedded-store.ts';
import type { Ingest } from './ingest.ts';
import { preconditionFailed } from './refusals.ts';

/**
 * Brings the bytes of an object that was uploaded in parts together in one file; all else of it stays as it was. Resolves with what
 * the object is then; undefined where it is encrypted or in one file already. Rejects with PreconditionFailed when it was replaced.
 */
export async function joinParts(
  object: StoredObject,
  body: AsyncIterable<Uint8Array>,
  { database, ingest, now }: { database: Database; ingest: Ingest; now: () => number },
): Promise<StoredObject | undefined> {
  if (object.blobs.length < 2 || object.blobs.some(({ cipher }) => cipher)) return undefined;
  const ingested = await ingest.take(body, {});
  const joined = { ...object, blobs: ingested.blob ? [ingested.blob] : [] };
  ingest.commit(ingested, () => {
    const current = findObject(database, object);
    if (!current || !hasSameBlobs(current, object)) throw preconditionFailed(object.key);
    replaceObject(database, joined);
    doomBlobs(database, object.blobs, now());
  });
  return joined;
}

function hasSameBlobs(one: StoredObject, other: StoredObject): boolean {
  return (
    one.blobs.length === other.blobs.length && one.blobs.every(({ id }, at) => id === other.blobs[at]?.id)
  );
}
