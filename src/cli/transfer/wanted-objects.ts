import { join } from 'node:path';
import { placeObjects } from '../../agent/channels/key-mapping.ts';
import type { ObjectLocation, ObjectStorage, ObjectSummary } from '../../objects/object-storage.ts';
import { CommandFailed } from '../command.ts';
import type { Fetched } from './transfer.ts';

/** One object as a file. */
export async function fileOf(
  storage: ObjectStorage,
  location: ObjectLocation,
  path: string,
): Promise<Fetched> {
  const object = await storage.find(location);
  if (!object) throw new CommandFailed(`there is no object s3://${location.bucket}/${location.key}.`);
  return { object: { ...location, ...object }, path };
}

/** All objects below a prefix as files of a folder, as they would be in the folder of a channel. Refuses keys that lead out of it. */
export async function filesBelow(
  storage: ObjectStorage,
  { bucket, key }: ObjectLocation,
  folder: string,
): Promise<Fetched[]> {
  const prefix = key === '' || key.endsWith('/') ? key : `${key}/`;
  const objects: ObjectSummary[] = [];
  for await (const object of storage.list(bucket, prefix)) objects.push(object);
  if (objects.length === 0) throw new CommandFailed(`there is no object below s3://${bucket}/${prefix}.`);
  return placed(prefix, objects).map(({ object, path }) => ({
    object: { bucket, ...object },
    path: join(folder, path),
  }));
}

function placed(prefix: string, objects: readonly ObjectSummary[]) {
  try {
    return placeObjects(prefix, objects).files;
  } catch (error) {
    throw new CommandFailed(error instanceof Error ? error.message : String(error));
  }
}
