import { createHash } from 'node:crypto';
import type { PartWithBlob } from '../../store/objects/list-parts.ts';
import { ObjectStorageError } from '../object-storage.ts';
import type { EmbeddedStore, MultipartUpload, StoredObject } from './embedded-store.ts';
import { checksumOfParts } from './multipart-checksum.ts';
import { unquoted } from './place-object.ts';
import { invalidRequest } from './refusals.ts';

/** A part as the client names it to complete the upload. */
export type CompletedPart = Parameters<EmbeddedStore['completeUpload']>[1][number];

/** All parts but the last have at least this size. */
const LEAST_PART_BYTES = 5 * 1024 * 1024;

/** The stored parts that the client named, which must be there just as it names them, in ascending order. */
export function choose(stored: readonly PartWithBlob[], named: readonly CompletedPart[]): PartWithBlob[] {
  if (named.length === 0) throw invalidRequest('You must specify at least one part');
  checkOrder(named);
  const byNumber = new Map(stored.map((each) => [each.part.partNumber, each]));
  const chosen = named.map((name) => {
    const found = byNumber.get(name.partNumber);
    if (!found || !isNamed(found, name)) throw invalidPart();
    return found;
  });
  if (chosen.slice(0, -1).some(({ part }) => part.size < LEAST_PART_BYTES)) {
    throw new ObjectStorageError(
      'EntityTooSmall',
      'Your proposed upload is smaller than the minimum allowed size',
    );
  }
  return chosen;
}

/** The object that an upload's parts make up. */
export function assemble(
  upload: MultipartUpload,
  chosen: readonly PartWithBlob[],
  now: number,
): StoredObject {
  const parts = chosen.map(({ part }) => part);
  const sizes = parts.map((part) => part.size);
  const checksum = checksumOfParts(upload.attributes, parts);
  return {
    ...upload.attributes,
    bucket: upload.bucket,
    key: upload.key,
    size: sizes.reduce((sum, size) => sum + size, 0),
    etag: etagOfParts(parts.map((part) => part.etag)),
    modifiedAt: now,
    partSizes: sizes,
    uploadId: upload.uploadId,
    blobs: chosen.flatMap(({ blob }) => blob ?? []),
    ...(checksum ? { checksum } : {}),
  };
}

/** The MD5 of the parts' MD5s, and their number. */
export function etagOfParts(etags: readonly string[]): string {
  const hash = createHash('md5');
  for (const etag of etags) hash.update(Buffer.from(etag, 'hex'));
  return `${hash.digest('hex')}-${etags.length}`;
}

function checkOrder(named: readonly CompletedPart[]): void {
  let before = 0;
  for (const { partNumber } of named) {
    if (partNumber <= before) {
      throw new ObjectStorageError(
        'InvalidPartOrder',
        'The list of parts was not in ascending order. The parts list must be specified in order by part number.',
      );
    }
    before = partNumber;
  }
}

const isNamed = ({ part }: PartWithBlob, name: CompletedPart): boolean =>
  part.etag === unquoted(name.etag) &&
  (name.checksum === undefined || name.checksum === part.checksum?.value);

const invalidPart = () =>
  new ObjectStorageError(
    'InvalidPart',
    "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
  );
