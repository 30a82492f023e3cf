import type { MultipartUpload } from '../../../objects/embedded/embedded-store.ts';
import { xmlAnswer } from '../answer.ts';
import type { Operation, S3Call } from '../call.ts';
import { isoTime } from '../object-headers.ts';
import { owner } from '../owner.ts';
import { nameEncoder, pageSize } from '../paging.ts';

/** An upload, or the common prefix of several. */
type Entry =
  | { readonly key: string; readonly upload: MultipartUpload }
  | { readonly key: string; readonly upload?: undefined };

export const listMultipartUploads: Operation = (call, { store, account }) => {
  const { type, encode } = nameEncoder(call);
  const prefix = call.query('prefix') ?? '';
  const delimiter = call.query('delimiter') || undefined;
  const limit = pageSize(call, 'max-uploads');
  store.headBucket(call.bucket);
  const uploads = store.listUploads(call.bucket, prefix).sort(inOrder);
  const entries = entriesAfter(call, withCommonPrefixes(uploads, prefix, delimiter));
  const page = entries.slice(0, limit);
  const last = page.at(-1);
  const truncated = limit > 0 && page.length < entries.length;
  return xmlAnswer('ListMultipartUploadsResult', {
    Bucket: call.bucket,
    KeyMarker: encode(call.query('key-marker') ?? ''),
    UploadIdMarker: call.query('upload-id-marker') ?? '',
    NextKeyMarker: truncated && last ? encode(last.key) : undefined,
    NextUploadIdMarker: truncated ? last?.upload?.uploadId : undefined,
    Prefix: encode(prefix),
    Delimiter: delimiter && encode(delimiter),
    MaxUploads: limit,
    IsTruncated: truncated,
    EncodingType: type,
    Upload: page.flatMap(({ upload }) => (upload ? [element(upload, encode, account)] : [])),
    CommonPrefixes: page.flatMap(({ key, upload }) => (upload ? [] : [{ Prefix: encode(key) }])),
  });
};

/** By key (its UTF-8 bytes), then by when they began (S3 API reference, ListMultipartUploads, "Sorting"). */
const inOrder = (one: MultipartUpload, other: MultipartUpload): number =>
  compareBytes(one.key, other.key) ||
  one.createdAt - other.createdAt ||
  compareBytes(one.uploadId, other.uploadId);

const compareBytes = (one: string, other: string): number =>
  Buffer.compare(Buffer.from(one), Buffer.from(other));

function withCommonPrefixes(
  uploads: readonly MultipartUpload[],
  prefix: string,
  delimiter: string | undefined,
): Entry[] {
  const entries: Entry[] = [];
  for (const upload of uploads) {
    const end = delimiter === undefined ? -1 : upload.key.indexOf(delimiter, prefix.length);
    if (delimiter === undefined || end < 0) {
      entries.push({ key: upload.key, upload });
      continue;
    }
    const common = upload.key.slice(0, end + delimiter.length);
    const last = entries.at(-1);
    if (last?.key !== common || last.upload) entries.push({ key: common });
  }
  return entries;
}

/** What follows the markers: keys after `key-marker`, and the same key's uploads that follow `upload-id-marker`. */
function entriesAfter(call: S3Call, entries: readonly Entry[]): readonly Entry[] {
  const key = call.query('key-marker');
  if (!key) return entries;
  const uploadId = call.query('upload-id-marker');
  const marked = entries.findIndex((entry) => entry.key === key && entry.upload?.uploadId === uploadId);
  if (uploadId && marked >= 0) return entries.slice(marked + 1);
  // An upload that is gone by now marks no place among its key's others: those come again rather than never.
  const least = uploadId ? 0 : 1;
  return entries.filter((entry) => compareBytes(entry.key, key) >= least);
}

const element = (upload: MultipartUpload, encode: (name: string) => string, account: string) => ({
  Key: encode(upload.key),
  UploadId: upload.uploadId,
  Initiator: owner(account),
  Owner: owner(account),
  StorageClass: 'STANDARD',
  Initiated: isoTime(upload.createdAt),
  ChecksumAlgorithm: upload.attributes.checksumAlgorithm,
  ChecksumType: upload.attributes.checksumType,
});
