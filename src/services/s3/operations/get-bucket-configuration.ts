import { type Answer, xmlAnswer } from '../answer.ts';
import type { Deployment, Operation } from '../call.ts';
import { S3Error } from '../errors.ts';
import { owner } from '../owner.ts';

/** What is true of every bucket here. Settings that can't be made are answered as S3 answers for a bucket without them. */
const configurations = {
  location: ({ region }: Deployment) =>
    xmlAnswer('LocationConstraint', { '#text': region === 'us-east-1' ? '' : region }),
  versioning: () => xmlAnswer('VersioningConfiguration', {}),
  accelerate: () => xmlAnswer('AccelerateConfiguration', {}),
  logging: () => xmlAnswer('BucketLoggingStatus', {}),
  notification: () => xmlAnswer('NotificationConfiguration', {}),
  requestPayment: () => xmlAnswer('RequestPaymentConfiguration', { Payer: 'BucketOwner' }),
  ownershipControls: () =>
    xmlAnswer('OwnershipControls', { Rule: { ObjectOwnership: 'BucketOwnerEnforced' } }),
  acl: ({ account }: Deployment) => xmlAnswer('AccessControlPolicy', accessControl(account)),
  encryption: absent(
    'ServerSideEncryptionConfigurationNotFoundError',
    'The server side encryption configuration was not found',
  ),
  policy: absent('NoSuchBucketPolicy', 'The bucket policy does not exist'),
  policyStatus: absent('NoSuchBucketPolicy', 'The bucket policy does not exist'),
  tagging: absent('NoSuchTagSet', 'The TagSet does not exist'),
  lifecycle: absent('NoSuchLifecycleConfiguration', 'The lifecycle configuration does not exist'),
  cors: absent('NoSuchCORSConfiguration', 'The CORS configuration does not exist'),
  website: absent('NoSuchWebsiteConfiguration', 'The specified bucket does not have a website configuration'),
  replication: absent('ReplicationConfigurationNotFoundError', 'The replication configuration was not found'),
  'object-lock': absent(
    'ObjectLockConfigurationNotFoundError',
    'Object Lock configuration does not exist for this bucket',
  ),
  publicAccessBlock: absent(
    'NoSuchPublicAccessBlockConfiguration',
    'The public access block configuration was not found',
  ),
} satisfies Record<string, (deployment: Deployment) => Answer>;

export type BucketConfiguration = keyof typeof configurations;

export const BUCKET_CONFIGURATIONS = Object.keys(configurations) as BucketConfiguration[];

/** GetBucketLocation, GetBucketVersioning, GetBucketAcl, …: one sub-resource of a bucket. */
export const getBucketConfiguration =
  (name: BucketConfiguration): Operation =>
  (call, deployment) => {
    deployment.store.headBucket(call.bucket);
    return configurations[name](deployment);
  };

function absent(code: string, message: string): () => Answer {
  return () => {
    throw new S3Error(code, 404, message);
  };
}

/** The owner alone, in full: the one access control list there is. */
export function accessControl(account: string) {
  return {
    Owner: owner(account),
    AccessControlList: {
      Grant: {
        Grantee: {
          '@_xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance',
          '@_xsi:type': 'CanonicalUser',
          ...owner(account),
        },
        Permission: 'FULL_CONTROL',
      },
    },
  };
}
