import type { S3Call } from '../call.ts';
import { METHOD_NOT_ALLOWED, queryNotImplemented } from '../errors.ts';
import { createBucket, listBuckets, listFolder } from './buckets.ts';
import { deleteObject, getObject, headObject, putObject } from './objects.ts';
import type { RelayedOperation } from './there.ts';
import { abortUpload, completeUpload, createUpload, uploadPart } from './uploads.ts';

interface Route {
  readonly run: RelayedOperation;
  /** Query parameters that must be there. */
  readonly query?: readonly string[];
  readonly mayQuery?: readonly string[];
}

const LISTING = ['prefix', 'delimiter', 'continuation-token', 'max-keys', 'encoding-type'];
const SHOWN_AS = ['response-content-disposition', 'response-content-type'];

/** The first that fits is taken: those that ask for more stand first. */
const routes: Readonly<Record<string, readonly Route[]>> = {
  'GET service': [{ run: listBuckets }],
  'PUT bucket': [{ run: createBucket }],
  'GET bucket': [{ query: ['list-type'], mayQuery: LISTING, run: listFolder }],
  'GET object': [{ mayQuery: SHOWN_AS, run: getObject }],
  'HEAD object': [{ mayQuery: SHOWN_AS, run: headObject }],
  'PUT object': [{ query: ['uploadId', 'partNumber'], run: uploadPart }, { run: putObject }],
  'POST object': [
    { query: ['uploads'], run: createUpload },
    { query: ['uploadId'], run: completeUpload },
  ],
  'DELETE object': [{ query: ['uploadId'], run: abortUpload }, { run: deleteObject }],
};

/** The operation that a request asks for. Throws what S3 answers to what is not relayed. */
export function routeThere(call: S3Call): RelayedOperation {
  const { bucket, object } = call;
  const resource = bucket === '' ? 'service' : object.key === '' ? 'bucket' : 'object';
  const found = routes[`${call.method} ${resource}`]?.find(({ query = [] }) =>
    query.every((name) => call.query(name) !== undefined),
  );
  if (!found) throw METHOD_NOT_ALLOWED({ Method: call.method, ResourceType: resource.toUpperCase() });
  const understood = [...(found.query ?? []), ...(found.mayQuery ?? [])];
  const foreign = call.target.query.keys().find((name) => !understood.includes(name));
  if (foreign !== undefined) throw queryNotImplemented(foreign);
  return found.run;
}
