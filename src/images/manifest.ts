import { createHash } from 'node:crypto';
import { z } from 'zod';
import { ImageFault } from './image-fault.ts';
import { type Platform, platformText, runsOn } from './platform.ts';

const digest = z.string().regex(/^sha\d{3}:[0-9a-f]{64,128}$/);

const platform = z.object({
  os: z.string(),
  architecture: z.string(),
  variant: z.string().optional(),
});

/** The parts of a list of manifests (OCI's image index, Docker's manifest list) that choosing takes. */
const manifestList = z.object({
  manifests: z.array(z.object({ digest, platform: platform.optional() })),
});

/** The digest of a manifest: of its bytes, as they are stored. */
export function manifestDigest(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/**
 * The digest of the manifest of the image for a platform: the one in a list, or the manifest itself, where there is no list.
 * Throws an `ImageFault` when a list has none for it.
 */
export function imageDigest(image: string, bytes: Buffer, machine: Platform): string {
  const list = readList(image, bytes);
  if (!list) return manifestDigest(bytes);
  const known = list.manifests.filter((each) => each.platform !== undefined);
  const fitting = known.find((each) => each.platform && runsOn(each.platform, machine));
  // A list of one without a platform is how some tools write an image's layout.
  const chosen =
    fitting ?? (list.manifests.length === 1 && known.length === 0 ? list.manifests[0] : undefined);
  if (chosen) return chosen.digest;
  const platforms = known
    .flatMap((each) => (each.platform ? [platformText(each.platform)] : []))
    .filter((text) => !text.startsWith('unknown/'));
  throw wrongPlatform(image, platforms, machine);
}

/** An image that does not run on this machine. */
export function wrongPlatform(image: string, platforms: readonly string[], machine: Platform): ImageFault {
  return new ImageFault(
    'wrong platform',
    `The image ${image} is for ${platforms.join(', ') || 'no platform'}, and this machine is ${platformText(machine)}.`,
  );
}

function readList(image: string, bytes: Buffer): z.infer<typeof manifestList> | undefined {
  let document: unknown;
  try {
    document = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new ImageFault('broken', `The manifest of the image ${image} is not JSON.`);
  }
  if (typeof document !== 'object' || document === null || !('manifests' in document)) return undefined;
  const list = manifestList.safeParse(document);
  if (list.success) return list.data;
  throw new ImageFault('broken', `The list of manifests of the image ${image} can't be read.`);
}
