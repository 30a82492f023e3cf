import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObjectLocation, ObjectSummary } from '../../objects/object-storage.ts';
import { abortable } from '../abortable.ts';
import { DOWNLOAD_FAILED, downloadFault } from '../channels/channel.ts';
import { downloadManifest, listChannel } from '../channels/listing.ts';
import type { Instance } from '../hook.ts';
import { inParallel } from '../in-parallel.ts';
import { withRetries } from '../retry.ts';
import { isTransient, transferFault } from '../storage-faults.ts';
import { type AugmentedValue, augmentedValues } from './augmented-manifest.ts';
import type { RequestedPipe } from './pipe-channels.ts';
import type { PipeObject, Unit } from './pipe-plan.ts';

/** Objects that are looked up at a time. */
const WIDTH = 16;

/** The units of a channel, on all hosts together: its objects, or the lines of its augmented manifest. */
export async function unitsOfChannel(
  pipe: RequestedPipe,
  instance: Instance,
  signal: AbortSignal,
): Promise<Unit[]> {
  const { channel } = pipe;
  if (channel.dataType === 'AugmentedManifestFile') return augmentedUnits(pipe, instance, signal);
  const { bucket, objects } = await listChannel(channel, instance, signal);
  // A listing is in the order of its keys; a manifest is brought into it where hosts get shards (training contract §2.4).
  const ordered = channel.sharded && channel.dataType === 'ManifestFile' ? byKey(objects) : objects;
  return ordered.filter((object) => !isFolder(object)).map((object) => [pipeObject(object, bucket)]);
}

async function augmentedUnits(
  { channel, request }: RequestedPipe,
  instance: Instance,
  signal: AbortSignal,
): Promise<Unit[]> {
  const attributes = request.DataSource.S3DataSource?.AttributeNames ?? [];
  const path = join(instance.folder.state, `${channel.name}.augmented-manifest`);
  await downloadManifest(channel, path, instance, signal);
  const lines: AugmentedValue[][] = [];
  {
    await using file = await open(path);
    let number = 0;
    for await (const line of file.readLines({ autoClose: false })) {
      number += 1;
      const where = `channel "${channel.name}": line ${number} of the manifest "${channel.uri}"`;
      if (line.trim() !== '') lines.push(augmentedValues(line, attributes, where));
    }
  }
  await rm(path);
  if (lines.length === 0) throw downloadFault(`channel "${channel.name}": "${channel.uri}" has no lines`);
  return withObjects(lines, channel.name, instance, signal);
}

async function withObjects(
  lines: readonly (readonly AugmentedValue[])[],
  channel: string,
  instance: Instance,
  signal: AbortSignal,
): Promise<Unit[]> {
  const units: Unit[] = [];
  await inParallel(lines, WIDTH, signal, async (values, at, stop) => {
    const unit: (string | PipeObject)[] = [];
    for (const value of values) {
      unit.push(typeof value === 'string' ? value : await findObject(value, channel, instance, stop));
    }
    units[at] = unit;
  });
  return units;
}

async function findObject(
  location: ObjectLocation,
  channel: string,
  { environment: { storage, clock } }: Instance,
  signal: AbortSignal,
): Promise<PipeObject> {
  const where = `channel "${channel}", object "s3://${location.bucket}/${location.key}"`;
  const find = () => abortable(storage.find(location), signal);
  const found = await withRetries(find, { clock, signal, mayRetry: isTransient }).catch((error) => {
    signal.throwIfAborted();
    throw transferFault(`${DOWNLOAD_FAILED}${where}`, error);
  });
  if (!found) throw downloadFault(`${where} does not exist`);
  return pipeObject(found, location.bucket);
}

/** A folder marker: it has no bytes, and must not become an empty record. */
const isFolder = ({ key, size }: ObjectSummary) => size === 0 && key.endsWith('/');

const pipeObject = ({ key, size, etag, lastModified }: ObjectSummary, bucket: string): PipeObject => ({
  bucket,
  key,
  size,
  etag,
  lastModified: lastModified.getTime(),
});

/** In the order of the keys' UTF-8 bytes. */
function byKey(objects: readonly ObjectSummary[]): ObjectSummary[] {
  return objects.toSorted((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
}
