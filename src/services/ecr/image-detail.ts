import { z } from 'zod';
import type { RegistryClient } from '../../images/registry-client.ts';
import type { ImageDetail } from '../../model/types.generated.ts';
import type { FoundImage } from './find-image.ts';

const sized = z.object({ size: z.number() });
const imageManifest = z.object({
  config: sized.extend({ mediaType: z.string().optional() }),
  layers: z.array(sized),
});
const manifestList = z.object({ manifests: z.array(z.object({ digest: z.string() })) });

/** All tags of a repository by what they mean; undefined when there is no such repository. */
export async function tagsOf(
  client: RegistryClient,
  repository: string,
): Promise<ReadonlyMap<string, readonly string[]> | undefined> {
  const tags = await client.tags(repository);
  if (!tags) return undefined;
  const byDigest = new Map<string, string[]>();
  const look = async (tag: string) => ({ tag, digest: await client.digest(repository, tag) });
  for (let next = 0; next < tags.length; next += AT_ONCE) {
    for (const { tag, digest } of await Promise.all(tags.slice(next, next + AT_ONCE).map(look))) {
      if (digest !== undefined) byDigest.set(digest, [...(byDigest.get(digest) ?? []), tag]);
    }
  }
  return byDigest;
}

const AT_ONCE = 8;

/** What can be said of an image: an image that nothing tags has no tags. */
export async function imageDetail(
  { manifest, client, repository }: FoundImage,
  tags: readonly string[] | undefined,
  of: { readonly repositoryName: string; readonly registryId: string },
): Promise<ImageDetail> {
  const { digest, mediaType, text } = manifest;
  const size = await sizeOf(text, client, repository);
  const artifact = imageManifest.safeParse(JSON.parse(text)).data?.config.mediaType;
  return {
    ...of,
    imageDigest: digest,
    ...(tags && { imageTags: [...tags].sort() }),
    ...(size !== undefined && { imageSizeInBytes: size }),
    imageManifestMediaType: mediaType,
    ...(artifact !== undefined && { artifactMediaType: artifact }),
  };
}

/** Compressed, as it lies in the registry; of a list that of its largest image (ImageDetail in the service model). */
async function sizeOf(text: string, client: RegistryClient, repository: string): Promise<number | undefined> {
  const document: unknown = JSON.parse(text);
  const image = imageManifest.safeParse(document).data;
  if (image) return [image.config, ...image.layers].reduce((sum, { size }) => sum + size, 0);
  const sizes: number[] = [];
  for (const { digest } of manifestList.safeParse(document).data?.manifests ?? []) {
    const part = await client.manifest(repository, digest);
    const size = part && (await sizeOf(part.text, client, repository));
    if (size !== undefined) sizes.push(size);
  }
  return sizes.length === 0 ? undefined : Math.max(...sizes);
}
