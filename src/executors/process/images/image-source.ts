import { BadImageReference, fullName, parseImageReference } from '../../../images/image-reference.ts';
import { type ImageSettings, isInsecure } from '../../../images/image-settings.ts';
import type { StoredImage } from '../config.ts';

/** Where an image is brought from. */
export interface ImageSource {
  /** What it is called in messages. */
  readonly name: string;
  /** As skopeo calls it. */
  readonly address: string;
  /** Present where it is in a registry. */
  readonly registry?: {
    readonly host: string;
    readonly insecure: boolean;
    /** The digest that the name itself asks for. */
    readonly digest?: string;
    /** What skopeo calls the image of a digest. */
    pinned(digest: string): string;
  };
}

/** An image of this machine: a layout or an archive. */
export function storedSource(name: string, image: StoredImage): ImageSource {
  if ('oci' in image) return { name, address: `oci:${image.oci}` };
  if ('ociArchive' in image) return { name, address: `oci-archive:${image.ociArchive}` };
  return { name, address: `docker-archive:${image.dockerArchive}` };
}

/** The path of a stored image, without the tag that may follow it. */
export function storedPath(image: StoredImage): string {
  const [address] = Object.values(image);
  return String(address).replace(/:.*$/, '');
}

/** An image in a registry. Throws `BadImageReference`. */
export function registrySource(name: string, settings: ImageSettings): ImageSource {
  const reference = parseImageReference(name);
  const { registry: host, repository, digest } = reference;
  const pinned = (wanted: string) => `docker://${host}/${repository}@${wanted}`;
  return {
    name: fullName(reference),
    // skopeo takes a tag or a digest, not both: the digest says more.
    address: digest === undefined ? `docker://${fullName(reference)}` : pinned(digest),
    registry: {
      host,
      insecure: isInsecure(settings, host),
      pinned,
      ...(digest !== undefined && { digest }),
    },
  };
}

/** Why a name can't be that of an image in a registry; undefined when it can. */
export function badName(name: string): string | undefined {
  try {
    parseImageReference(name);
    return undefined;
  } catch (error) {
    if (error instanceof BadImageReference) return error.message;
    throw error;
  }
}
