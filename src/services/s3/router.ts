import type { Access } from './access.ts';
import type { Operation, S3Call } from './call.ts';
import { METHOD_NOT_ALLOWED, NO_SUCH_VERSION, queryNotImplemented } from './errors.ts';
import { abortMultipartUpload } from './operations/abort-multipart-upload.ts';
import { completeMultipartUpload } from './operations/complete-multipart-upload.ts';
import { copyObject } from './operations/copy-object.ts';
import { createBucket } from './operations/create-bucket.ts';
import { createMultipartUpload } from './operations/create-multipart-upload.ts';
import { deleteBucket } from './operations/delete-bucket.ts';
import { deleteObject } from './operations/delete-object.ts';
import { deleteObjects } from './operations/delete-objects.ts';
import { BUCKET_CONFIGURATIONS, getBucketConfiguration } from './operations/get-bucket-configuration.ts';
import { getObject } from './operations/get-object.ts';
import { getObjectAcl } from './operations/get-object-acl.ts';
import { getObjectTagging } from './operations/get-object-tagging.ts';
import { headBucket } from './operations/head-bucket.ts';
import { headObject } from './operations/head-object.ts';
import { listBuckets } from './operations/list-buckets.ts';
import { listMultipartUploads } from './operations/list-multipart-uploads.ts';
import { listObjects } from './operations/list-objects.ts';
import { listObjectsV2 } from './operations/list-objects-v2.ts';
import { listParts } from './operations/list-parts.ts';
import { putObject } from './operations/put-object.ts';
import { uploadPart } from './operations/upload-part.ts';
import { uploadPartCopy } from './operations/upload-part-copy.ts';

/** An operation, and what it does with what it names. */
export interface Routed {
  readonly run: Operation;
  readonly access: Access;
}

interface Route extends Routed {
  /** Query parameters that must be there, each of which the operation reads. */
  readonly query?: readonly string[];
  /** Sub-resources that may be there. */
  readonly mayQuery?: readonly string[];
  /** A header that must be there. */
  readonly header?: string;
}

const COPY_SOURCE = 'x-amz-copy-source';
const PART = ['uploadId', 'partNumber'];

/** The first that fits is taken: those that ask for more stand first. */
const routes: Readonly<Record<string, readonly Route[]>> = {
  'GET service': [{ run: listBuckets, access: 'administer' }],

  'GET bucket': [
    { query: ['uploads'], run: listMultipartUploads, access: 'list' },
    ...BUCKET_CONFIGURATIONS.map(
      (name): Route => ({ query: [name], run: getBucketConfiguration(name), access: 'enter' }),
    ),
    { query: ['list-type'], run: listObjectsV2, access: 'list' },
    { run: listObjects, access: 'list' },
  ],
  'HEAD bucket': [{ run: headBucket, access: 'enter' }],
  'PUT bucket': [{ run: createBucket, access: 'administer' }],
  'POST bucket': [{ query: ['delete'], run: deleteObjects, access: 'each' }],
  'DELETE bucket': [{ run: deleteBucket, access: 'administer' }],

  'GET object': [
    { query: ['uploadId'], run: listParts, access: 'write' },
    { query: ['acl'], mayQuery: ['versionId'], run: getObjectAcl, access: 'read' },
    { query: ['tagging'], mayQuery: ['versionId'], run: getObjectTagging, access: 'read' },
    { mayQuery: ['partNumber', 'versionId'], run: getObject, access: 'read' },
  ],
  'HEAD object': [{ mayQuery: ['partNumber', 'versionId'], run: headObject, access: 'read' }],
  'PUT object': [
    { query: PART, header: COPY_SOURCE, run: uploadPartCopy, access: 'copy' },
    { query: PART, run: uploadPart, access: 'write' },
    { header: COPY_SOURCE, run: copyObject, access: 'copy' },
    { run: putObject, access: 'write' },
  ],
  'POST object': [
    { query: ['uploads'], run: createMultipartUpload, access: 'write' },
    { query: ['uploadId'], run: completeMultipartUpload, access: 'write' },
  ],
  'DELETE object': [
    { query: ['uploadId'], run: abortMultipartUpload, access: 'write' },
    { mayQuery: ['versionId'], run: deleteObject, access: 'write' },
  ],
};

/** Query parameters that make a request another operation, or change what it does. Any other S3 ignores, and so do we. */
const SUB_RESOURCES = [
  ...['abac', 'accelerate', 'acl', 'analytics', 'append', 'attributes', 'cors', 'delete', 'encryption'],
  ...['intelligent-tiering', 'inventory', 'legal-hold', 'lifecycle', 'location', 'logging'],
  ...['metadataConfiguration', 'metadataTable', 'metadataInventoryTable', 'metadataJournalTable', 'metrics'],
  ...['notification', 'object-lock', 'ownershipControls', 'partNumber', 'policy', 'policyStatus'],
  ...['publicAccessBlock', 'renameObject', 'replication', 'requestPayment', 'restore', 'retention', 'select'],
  ...[
    'session',
    'tagging',
    'torrent',
    'uploadId',
    'uploads',
    'versionId',
    'versioning',
    'versions',
    'website',
  ],
];

/** The operation that a request asks for. Throws NotImplemented or MethodNotAllowed where there is none. */
export function route(call: S3Call): Routed {
  const { bucket, object } = call;
  const resource = bucket === '' ? 'service' : object.key === '' ? 'bucket' : 'object';
  const found = routes[`${call.method} ${resource}`]?.find((candidate) => fits(candidate, call));
  const understood = [...(found?.query ?? []), ...(found?.mayQuery ?? [])];
  for (const name of SUB_RESOURCES) {
    if (call.query(name) !== undefined && !understood.includes(name)) throw queryNotImplemented(name);
  }
  if (!found) throw METHOD_NOT_ALLOWED({ Method: call.method, ResourceType: resource.toUpperCase() });
  const version = call.query('versionId');
  // Buckets here are not versioned: each object has the one version `null`.
  if (version !== undefined && version !== 'null') throw NO_SUCH_VERSION({ VersionId: version });
  return found;
}

function fits({ query = [], header }: Route, call: S3Call): boolean {
  const asked = query.every((name) => call.query(name) !== undefined);
  return asked && (header === undefined || call.header(header) !== undefined);
}
