import { z } from 'zod';
import type {
  ChecksumAlgorithm,
  EmbeddedStore,
  StoredObject,
  StoredPart,
  UploadRef,
} from '../../../objects/embedded/embedded-store.ts';
import { xmlAnswer } from '../answer.ts';
import type { Operation, S3Call } from '../call.ts';
import { CHECKSUM_ALGORITHMS, checksumElement, checksumElements } from '../checksums.ts';
import { unquoted, writeConditions } from '../conditions.ts';
import { encryptionHeaders } from '../encryption.ts';
import { MALFORMED_XML } from '../errors.ts';
import { quoted } from '../object-headers.ts';
import { checkAlgorithm, checkWhole } from '../whole-object.ts';
import { readXmlBody } from '../xml-body.ts';

const MOST_PARTS = 10_000;

const completedPart = z.strictObject({
  PartNumber: z
    .string()
    .regex(/^\d{1,5}$/)
    .transform(Number),
  ETag: z.string().transform(unquoted),
  ChecksumCRC32: z.string().optional(),
  ChecksumCRC32C: z.string().optional(),
  ChecksumCRC64NVME: z.string().optional(),
  ChecksumSHA1: z.string().optional(),
  ChecksumSHA256: z.string().optional(),
});

const completed = z.strictObject({
  Part: z
    .union([z.array(completedPart), completedPart.transform((only) => [only])])
    .refine((parts) => parts.length <= MOST_PARTS),
});

type CompletedPart = z.output<typeof completedPart>;

export const completeMultipartUpload: Operation = async (call, { store }) => {
  const asked = await readXmlBody(call, 'CompleteMultipartUpload', completed, { checksumsAreOfObject: true });
  if (!asked) throw MALFORMED_XML();
  const etags = asked.Part.map((part) => part.ETag);
  const before = store.findCompleted(call.upload, etags);
  if (before) return { ...resultOf(call, before), headers: encryptionHeaders(before.encryption) };
  const { attributes } = store.getUpload(call.upload);
  const parts = asked.Part.map((part) => ({
    partNumber: part.PartNumber,
    etag: part.ETag,
    ...checksumOfPart(part, attributes.checksumAlgorithm),
  }));
  checkWhole(call, attributes, partsNamed(store, call.upload, parts));
  const object = store.completeUpload(call.upload, parts, writeConditions(call));
  const pending = object.then((each) => resultOf(call, each));
  return { status: 200, headers: encryptionHeaders(attributes.encryption), pending };
};

const resultOf = (call: S3Call, { bucket, key, etag, checksum }: StoredObject) =>
  xmlAnswer('CompleteMultipartUploadResult', {
    Location: `http://${call.header('host') ?? 'localhost'}${call.target.path}`,
    Bucket: bucket,
    Key: key,
    ETag: quoted(etag),
    ...checksumElements(checksum),
  });

/** The stored parts that are named; whether each of them is there, and is the one that is meant, the store finds out. */
function partsNamed(
  store: EmbeddedStore,
  upload: UploadRef,
  named: readonly { partNumber: number }[],
): StoredPart[] {
  const numbers = new Set(named.map(({ partNumber }) => partNumber));
  return store.listParts(upload, 0, MOST_PARTS).parts.filter(({ partNumber }) => numbers.has(partNumber));
}

/** The checksum that the client repeats for a part: the upload's, or where that has none, whichever the part was sent with. */
function checksumOfPart(
  part: CompletedPart,
  algorithm: ChecksumAlgorithm | undefined,
): { checksum?: string } {
  for (const given of CHECKSUM_ALGORITHMS) {
    const checksum = part[checksumElement(given)];
    if (checksum === undefined) continue;
    if (algorithm) checkAlgorithm(given, algorithm);
    return { checksum };
  }
  return {};
}
