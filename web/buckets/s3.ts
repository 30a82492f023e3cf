import { XMLParser } from 'fast-xml-parser';
import { ROOT } from '../router.tsx';
import { PAGE_HEADERS, ServerError, send } from '../server/ask.ts';

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

const objectPath = (bucket: string, key: string): string =>
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

/** Uploads a file, telling how many bytes of it are there. `fetch` does not tell that. */
export function upload(
  bucket: string,
  key: string,
  file: File,
  onProgress: (bytes: number) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('PUT', ROOT + objectPath(bucket, key));
    for (const [name, value] of Object.entries(PAGE_HEADERS)) request.setRequestHeader(name, value);
    request.setRequestHeader('Content-Type', file.type || 'application/octet-stream');
    request.upload.onprogress = ({ loaded }) => onProgress(loaded);
    request.onload = () => {
      const message = /<Message>(.*?)<\/Message>/s.exec(request.responseText)?.[1];
      if (request.status === 200) resolve();
      else reject(new ServerError('UploadRefused', message ?? `The server answered ${request.status}.`));
    };
    request.onerror = () => reject(new ServerError('Unreachable', 'The connection broke.'));
    request.send(file);
  });
}
