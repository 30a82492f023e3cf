import type { IncomingMessage } from 'node:http';
import type { EmbeddedStore, UploadRef } from '../../objects/embedded/embedded-store.ts';
import type { ObjectLocation } from '../../objects/object-storage.ts';
import type { PermissionsOf } from '../access/permissions.ts';
import { readTarget, type Target } from './addressing.ts';
import type { Answer } from './answer.ts';
import { invalidArgument } from './errors.ts';
import type { S3Context } from './payload.ts';

/** What every operation stands on. */
export interface Deployment {
  readonly store: EmbeddedStore;
  /** Twelve digits: who owns every bucket. */
  readonly account: string;
  readonly region: string;
  readonly permissionsOf: PermissionsOf;
}

/** One operation of S3's. Rejections are `S3Error`s or the store's `ObjectStorageError`s. */
export type Operation = (call: S3Call, deployment: Deployment) => Answer | Promise<Answer>;

/**
 * A body's checksum. In the query S3 takes no notice of it: there stands what the SDK found when it signed the URL, which is the
 * checksum of no body at all (localstack issue #12169, aws-sdk-go-v2 issue #2610, aws-sdk issue #480).
 */
const BODY_CHECKSUM = /^x-amz-(?:checksum-(?:crc|sha)|sdk-checksum-algorithm$)/;

/** A request as the operations see it. */
export class S3Call {
  readonly request: IncomingMessage;
  readonly context: S3Context;
  readonly target: Target;

  constructor(request: IncomingMessage, context: S3Context) {
    this.request = request;
    this.context = context;
    this.target = readTarget(request.url ?? '/', request.headers.host);
  }

  get method(): string {
    return this.request.method ?? 'GET';
  }

  get bucket(): string {
    return this.target.bucket;
  }

  get object(): ObjectLocation {
    return { bucket: this.target.bucket, key: this.target.key };
  }

  get upload(): UploadRef {
    return { ...this.object, uploadId: this.query('uploadId') ?? '' };
  }

  query(name: string): string | undefined {
    return this.target.query.get(name) ?? undefined;
  }

  /** A header's value. A presigned URL carries `x-amz-*` headers as query parameters, where most count the same. */
  header(name: string): string | undefined {
    const value = this.request.headers[name];
    if (value !== undefined) return Array.isArray(value) ? value.join(', ') : value;
    return name.startsWith('x-amz-') && !BODY_CHECKSUM.test(name) ? this.query(name) : undefined;
  }

  /** All `[name, value]` that start with `prefix`, from the headers and, where they may stand there, the query. */
  *headersFrom(prefix: string): Generator<[name: string, value: string]> {
    const names = new Set([...Object.keys(this.request.headers), ...this.target.query.keys()]);
    for (const name of names) {
      const value = name.startsWith(prefix) ? this.header(name) : undefined;
      if (value !== undefined) yield [name, value];
    }
  }

  /** A whole number of the query within its bounds. */
  integer(name: string, fallback: number, least = 0, most = 2 ** 31 - 1): number {
    const text = this.query(name);
    if (text === undefined || text === '') return fallback;
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw invalidArgument(
      name,
      text,
      `Provided ${name} not an integer or within integer range: ${least} to ${most}`,
    );
  }
}
