import { z } from 'zod';
import { xmlAnswer } from '../answer.ts';
import type { Deployment, Operation } from '../call.ts';
import {
  ACCESS_DENIED,
  elementNotImplemented,
  MALFORMED_XML,
  NO_SUCH_VERSION,
  type S3Error,
} from '../errors.ts';
import { asS3Error } from '../render-error.ts';
import { readXmlBody } from '../xml-body.ts';

const MOST_OBJECTS = 1000;

const objectIdentifier = z.strictObject({
  Key: z.string().min(1),
  VersionId: z.string().optional(),
  ETag: z.string().optional(),
  LastModifiedTime: z.string().optional(),
  Size: z.string().optional(),
});

const list = z.strictObject({
  Quiet: z.enum(['true', 'false']).optional(),
  Object: z
    .union([z.array(objectIdentifier), objectIdentifier.transform((only) => [only])])
    .refine((objects) => objects.length <= MOST_OBJECTS),
});

type ObjectIdentifier = z.output<typeof objectIdentifier>;

export const deleteObjects: Operation = async (call, deployment) => {
  const asked = await readXmlBody(call, 'Delete', list, { digestRequired: true });
  if (!asked) throw MALFORMED_XML();
  deployment.store.headBucket(call.bucket);
  const permissions = deployment.permissionsOf(call.context.callerArn);
  const errors: object[] = [];
  const deleted: ObjectIdentifier[] = [];
  for (const object of asked.Object) {
    const mayDelete = permissions.mayUse('write', call.bucket, object.Key);
    const refusal = mayDelete ? deleteOne(call.bucket, object, deployment) : ACCESS_DENIED();
    if (refusal) errors.push({ ...object, Code: refusal.code, Message: refusal.message });
    else deleted.push(object);
  }
  return xmlAnswer('DeleteResult', {
    Deleted: asked.Quiet === 'true' ? [] : deleted.map(({ Key, VersionId }) => ({ Key, VersionId })),
    Error: errors as Record<string, string>[],
  });
};

function deleteOne(bucket: string, object: ObjectIdentifier, { store }: Deployment): S3Error | undefined {
  for (const name of ['ETag', 'LastModifiedTime', 'Size'] as const) {
    if (object[name] !== undefined) return elementNotImplemented(name);
  }
  if (object.VersionId !== undefined && object.VersionId !== 'null') return NO_SUCH_VERSION();
  try {
    store.delete({ bucket, key: object.Key });
    return undefined;
  } catch (error) {
    return asS3Error(error);
  }
}
