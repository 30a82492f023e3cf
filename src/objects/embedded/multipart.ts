import { randomBytes } from 'node:crypto';
import type { Clock } from '../../clock/clock.ts';
import type { Database } from '../../store/database.ts';
import { deleteUpload } from '../../store/objects/delete-upload.ts';
import { doomBlobs } from '../../store/objects/doom-blobs.ts';
import { findObject } from '../../store/objects/find-object.ts';
import { findUpload, listUploads } from '../../store/objects/find-upload.ts';
import { insertUpload } from '../../store/objects/insert-upload.ts';
import { findPart, listParts, type PartWithBlob } from '../../store/objects/list-parts.ts';
import { replacePart } from '../../store/objects/replace-part.ts';
import type { ObjectLocation } from '../object-storage.ts';
import { assemble, type CompletedPart, choose, etagOfParts } from './assemble.ts';
import type {
  MultipartUpload,
  ObjectAttributes,
  PutOptions,
  StoredObject,
  StoredPart,
  UploadRef,
  WriteConditions,
} from './embedded-store.ts';
import type { Ingest } from './ingest.ts';
import { checksumTypeOf } from './multipart-checksum.ts';
import { placeObject } from './place-object.ts';
import type { Reclaimer } from './reclaimer.ts';
import { invalidArgument, invalidRequest, noSuchUpload } from './refusals.ts';

export interface CompleteOptions {
  readonly conditions?: WriteConditions;
}

const MOST_PARTS = 10_000;

/** Uploads in parts. Each part is a blob of its own, and the object is made of them: completing moves no bytes. */
export class Multipart {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #ingest: Ingest;
  readonly #reclaimer: Reclaimer;

  constructor(parts: { database: Database; clock: Clock; ingest: Ingest; reclaimer: Reclaimer }) {
    this.#database = parts.database;
    this.#clock = parts.clock;
    this.#ingest = parts.ingest;
    this.#reclaimer = parts.reclaimer;
  }

  create({ bucket, key }: ObjectLocation, attributes: ObjectAttributes): MultipartUpload {
    const { checksumAlgorithm: algorithm, checksumType } = attributes;
    if (checksumType && !algorithm) throw invalidRequest('A checksum type needs a checksum algorithm.');
    const upload: MultipartUpload = {
      bucket,
      key,
      uploadId: randomBytes(24).toString('base64url'),
      createdAt: this.#clock.now(),
      attributes: {
        ...attributes,
        ...(algorithm ? { checksumType: checksumTypeOf(algorithm, checksumType) } : {}),
      },
    };
    insertUpload(this.#database, upload);
    return upload;
  }

  get(ref: UploadRef): MultipartUpload {
    const upload = findUpload(this.#database, ref);
    if (!upload) throw noSuchUpload();
    return upload;
  }

  list(bucket: string, prefix: string): MultipartUpload[] {
    return listUploads(this.#database, bucket, prefix);
  }

  async putPart(
    ref: UploadRef,
    partNumber: number,
    body: AsyncIterable<Uint8Array>,
    options: PutOptions,
  ): Promise<StoredPart> {
    if (!Number.isInteger(partNumber) || partNumber < 1 || partNumber > MOST_PARTS) {
      throw invalidArgument(`Part number must be an integer between 1 and ${MOST_PARTS}, inclusive`);
    }
    const { encryption, checksumAlgorithm: wanted } = this.get(ref).attributes;
    const algorithm = options.checksumAlgorithm ?? wanted;
    if (wanted) checkAlgorithm(wanted, algorithm);
    const ingested = await this.#ingest.take(body, {
      ...(encryption ? { encryption } : {}),
      ...(algorithm ? { checksumAlgorithm: algorithm } : {}),
      ...(options.contentMd5 === undefined ? {} : { contentMd5: options.contentMd5 }),
      ...(options.expectedChecksum ? { expectedChecksum: options.expectedChecksum } : {}),
    });
    const { size, etag, checksum, blob } = ingested;
    const part: StoredPart = {
      partNumber,
      size,
      etag,
      modifiedAt: this.#clock.now(),
      ...(checksum ? { checksum } : {}),
    };
    this.#ingest.commit(ingested, () => {
      this.get(ref);
      this.#doom([findPart(this.#database, ref.uploadId, partNumber)]);
      replacePart(this.#database, ref.uploadId, part, blob);
    });
    this.#reclaimer.wake();
    return part;
  }

  listParts(
    ref: UploadRef,
    after: number,
    limit: number,
  ): { readonly parts: StoredPart[]; readonly more: boolean } {
    this.get(ref);
    const found = listParts(this.#database, ref.uploadId, after, limit + 1).map(({ part }) => part);
    return { parts: found.slice(0, limit), more: found.length > limit };
  }

  complete(ref: UploadRef, parts: readonly CompletedPart[], { conditions }: CompleteOptions): StoredObject {
    const object = this.#database.transaction(() => {
      const upload = this.get(ref);
      const stored = listParts(this.#database, ref.uploadId);
      const chosen = choose(stored, parts);
      const whole = assemble(upload, chosen, this.#clock.now());
      placeObject(this.#database, whole, conditions);
      this.#doom(stored.filter((part) => !chosen.includes(part)));
      deleteUpload(this.#database, ref.uploadId);
      return whole;
    });
    this.#reclaimer.wake();
    return object;
  }

  /**
   * The object remembers which upload made it: a client that lost the answer to its request asks again, and S3 then says the same. Once
   * the object is replaced or deleted, the upload is forgotten.
   */
  findCompleted(ref: UploadRef, etags: readonly string[]): StoredObject | undefined {
    const object = findObject(this.#database, ref);
    return object?.uploadId === ref.uploadId && object.etag === etagOfParts(etags) ? object : undefined;
  }

  /** Within a caller's transaction too: it is the caller who wakes the reclaimer. */
  abort(ref: UploadRef): void {
    this.#database.transaction(() => {
      this.get(ref);
      this.#doom(listParts(this.#database, ref.uploadId));
      deleteUpload(this.#database, ref.uploadId);
    });
  }

  #doom(parts: readonly (PartWithBlob | undefined)[]): void {
    const blobs = parts.flatMap((part) => part?.blob ?? []);
    doomBlobs(this.#database, blobs, this.#clock.now());
  }
}

/** S3's words when the parts' checksums are not of the upload's algorithm. */
function checkAlgorithm(expected: string, actual: string | undefined): void {
  if (actual === expected) return;
  throw invalidRequest(
    `Checksum Type mismatch occurred, expected checksum Type: ${expected.toLowerCase()}, actual checksum Type: ${actual?.toLowerCase()}`,
  );
}
