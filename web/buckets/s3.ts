import { XMLParser } from 'fast-xml-parser';
import { ROOT } from '../router.tsx';
import { send } from '../server/ask.ts';

/** A page of what is in a folder of a bucket. */
export interface Listing {
  readonly folders: readonly string[];
  readonly objects: readonly { readonly key: string; readonly size: number; readonly changed: string }[];
  /** Where to go on; absent at the end. */
  readonly next?: string;
}

/** Repeated elements are lists also where there is one, and no text is taken for a number: a key may be `007`. */
const parser = new XMLParser({
  parseTagValue: false,
  isArray: (name) => ['Bucket', 'Contents', 'CommonPrefixes'].includes(name),
});

const encodedKey = (key: string): string => key.split('/').map(encodeURIComponent).join('/');

export const bucketPlace = (bucket: string, folder = ''): string =>
  `buckets/${encodeURIComponent(bucket)}/${encodedKey(folder)}`.replace(/\/$/, '');

/** Where an object is saved from. */
export const downloadUrl = (bucket: string, key: string): string => `${ROOT}${objectPath(bucket, key)}`;

/** Below the page's root. */
export const objectPath = (bucket: string, key: string): string =>
  `s3/${encodeURIComponent(bucket)}/${encodedKey(key)}`;

export async function listBuckets(): Promise<string[]> {
  const xml = parser.parse(await (await send('s3/')).text());
  const buckets = xml.ListAllMyBucketsResult?.Buckets?.Bucket ?? [];
  return buckets.map(({ Name }: { Name: string }) => Name);
}

export const createBucket = async (bucket: string): Promise<void> => {
  await send(`s3/${encodeURIComponent(bucket)}`, { method: 'PUT' });
};

export async function listFolder(bucket: string, prefix: string, after?: string): Promise<Listing> {
  const query = new URLSearchParams({
    'list-type': '2',
    delimiter: '/',
    prefix,
    'encoding-type': 'url',
    'max-keys': '500',
  });
  if (after !== undefined) query.set('continuation-token', after);
  const { ListBucketResult: result } = parser.parse(
    await (await send(`s3/${encodeURIComponent(bucket)}?${query}`)).text(),
  );
  const decoded = (text: string) => decodeURIComponent(text.replaceAll('+', ' '));
  const next: string | undefined = result.NextContinuationToken;
  return {
    folders: (result.CommonPrefixes ?? []).map(({ Prefix }: { Prefix: string }) => decoded(Prefix)),
    objects: (result.Contents ?? []).map(
      ({ Key, Size, LastModified }: { Key: string; Size: string; LastModified: string }) => ({
        key: decoded(Key),
        size: Number(Size),
        changed: LastModified,
      }),
    ),
    ...(next !== undefined && { next }),
  };
}

export const deleteObject = async (bucket: string, key: string): Promise<void> => {
  await send(objectPath(bucket, key), { method: 'DELETE' });
};
