import type { S3Client } from '@aws-sdk/client-s3';
import type { ObjectLocation, ObjectSummary } from '../object-storage.ts';
import type { Slots } from './slots.ts';

/** An object to be brought in, and what it is brought in with. */
export interface Source {
  readonly sdk: typeof import('@aws-sdk/client-s3');
  readonly client: S3Client;
  readonly object: ObjectLocation & ObjectSummary;
  readonly signal: AbortSignal | undefined;
  /** The requests that all downloads of the storage may have under way: they bound its memory and its connections. */
  readonly slots: Slots;
  readonly patience: Patience;
}

/** How long a download waits for a store that fails or is silent. */
export interface Patience {
  /** An answer that brings nothing for so long is given up: milliseconds. */
  readonly stallMs: number;
  /** Waits before a piece is asked for again, in milliseconds: as many tries in a row without progress as waits, and one. */
  readonly waitsMs: readonly number[];
}

export interface Range {
  readonly start: number;
  readonly length: number;
}
