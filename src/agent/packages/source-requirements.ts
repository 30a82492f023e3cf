import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { parseS3Uri } from '../../objects/object-storage.ts';
import type { Instance } from '../hook.ts';

const REQUIREMENTS = 'requirements.txt';
/** More than anybody's. */
const LARGEST_REQUIREMENTS = 1024 * 1024;
/** A source so large, in bytes, is not brought twice. */
const LARGEST_SOURCE = 64 * 1024 * 1024;
const CODE_CHANNEL = '/opt/ml/input/data/code/sourcedir.tar.gz';

/** The `requirements.txt` of the job's script (training contract §7.1); undefined when its source has none, or can't be read. */
export async function sourceRequirements(
  instance: Instance,
  signal: AbortSignal,
): Promise<string | undefined> {
  const source = submitDirectory(instance.plan.request.HyperParameters?.sagemaker_submit_directory);
  if (source === CODE_CHANNEL)
    return requirementsIn(join(instance.folder.ml, 'input/data/code/sourcedir.tar.gz'), signal);
  if (!source?.startsWith('s3://')) return undefined;
  const location = parseS3Uri(source);
  const { storage, mayRead } = instance.environment;
  // The runner reads it with the job's own credentials, and tells why it can't.
  if (mayRead?.(instance.plan, location) === false) return undefined;
  const found = await storage.find(location);
  if (!found || found.size > LARGEST_SOURCE) return undefined;
  const path = join(instance.folder.state, 'source.tar.gz');
  await rm(path, { force: true });
  try {
    await storage.download({ ...location, ...found }, path, signal);
    return await requirementsIn(path, signal);
  } finally {
    await rm(path, { force: true });
  }
}

/** SDK 2 sends it as JSON text, other clients as it is. */
function submitDirectory(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  try {
    const decoded: unknown = JSON.parse(value);
    return typeof decoded === 'string' ? decoded : undefined;
  } catch {
    return value;
  }
}

/** Nothing of the archive is written anywhere: it is a client's. */
async function requirementsIn(archive: string, signal: AbortSignal): Promise<string | undefined> {
  const entries = extract();
  const reading = pipeline(createReadStream(archive), createGunzip(), entries, { signal });
  // Told by the loop below.
  reading.catch(() => {});
  let found: string | undefined;
  for await (const entry of entries) {
    const { name, size = 0, type } = entry.header;
    if (type === 'file' && name.replace(/^\.\//, '') === REQUIREMENTS && size <= LARGEST_REQUIREMENTS)
      found = await text(entry);
    else entry.resume();
  }
  return found;
}
