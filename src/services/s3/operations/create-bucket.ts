import { z } from 'zod';
import { ObjectStorageError } from '../../../objects/object-storage.ts';
import type { Deployment, Operation } from '../call.ts';
import { elementNotImplemented, ILLEGAL_LOCATION_CONSTRAINT } from '../errors.ts';
import { readXmlBody } from '../xml-body.ts';

const configuration = z.union([
  z.literal(''),
  z.strictObject({
    LocationConstraint: z.string().optional(),
    Location: z.unknown().optional(),
    Bucket: z.unknown().optional(),
    Tags: z.unknown().optional(),
  }),
]);

export const createBucket: Operation = async (call, deployment) => {
  const asked = await readXmlBody(call, 'CreateBucketConfiguration', configuration);
  if (asked) checkConfiguration(asked, deployment.region);
  create(call.bucket, deployment);
  return { status: 200, headers: { location: `/${call.bucket}` } };
};

function checkConfiguration(asked: Exclude<z.output<typeof configuration>, ''>, region: string): void {
  for (const name of ['Location', 'Bucket', 'Tags'] as const) {
    if (asked[name] !== undefined) throw elementNotImplemented(name);
  }
  const constraint = asked.LocationConstraint === 'EU' ? 'eu-west-1' : asked.LocationConstraint;
  if (constraint && constraint !== region) {
    throw ILLEGAL_LOCATION_CONSTRAINT(
      {},
      `The ${constraint} location constraint is incompatible for the region specific endpoint this request was sent to.`,
    );
  }
}

/** In us-east-1, and only there, creating one's own bucket again succeeds (S3 API reference, CreateBucket, errors). */
function create(bucket: string, { store, region }: Deployment): void {
  try {
    store.createBucket(bucket);
  } catch (error) {
    const again = error instanceof ObjectStorageError && error.code === 'BucketAlreadyOwnedByYou';
    if (!again || region !== 'us-east-1') throw error;
  }
}
