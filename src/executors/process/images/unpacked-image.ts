import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { bootId } from '../process-table.ts';

/** An image that stands unpacked on this machine. */
export interface UnpackedImage {
  /** Of its manifest: `sha256:…`. */
  readonly digest: string;
  /** What it was called when it was brought. */
  readonly name: string;
  /** The folder with its files. */
  readonly root: string;
  /** Its configuration (`parseImageConfiguration`). */
  readonly configuration: string;
}

/** What stands in an image's folder. */
export const PLACES = {
  rootfs: 'rootfs',
  record: 'image.json',
  /** There when all of it survives a power cut; says how large it is. */
  kept: 'kept.json',
  /** A file for each instance that was given the image. */
  uses: 'uses',
  /** When it was last given to one: epoch milliseconds. */
  used: 'used',
} as const;

const record = z.object({
  digest: z.string(),
  name: z.string(),
  /** The machine's run in which it was unpacked. */
  bootId: z.string(),
  configuration: z.string(),
});

export type ImageRecord = z.infer<typeof record>;

const kept = z.object({ bytes: z.number() });

/** The name of the folder of an image. */
export const folderName = (digest: string): string => digest.replace(':', '-');

/**
 * The image in a folder; undefined when there is none that can be trusted: files that were not brought to the disk may be gone
 * when the machine has been started anew.
 */
export function readUnpacked(folder: string): UnpackedImage | undefined {
  const read = record.safeParse(readJson(join(folder, PLACES.record)));
  if (!read.success) return undefined;
  if (read.data.bootId !== bootId() && keptBytes(folder) === undefined) return undefined;
  const { digest, name, configuration } = read.data;
  return { digest, name, configuration, root: join(folder, PLACES.rootfs) };
}

/** How many bytes it takes; undefined as long as it is not known to be on the disk. */
export function keptBytes(folder: string): number | undefined {
  const read = kept.safeParse(readJson(join(folder, PLACES.kept)));
  return read.success ? read.data.bytes : undefined;
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}
