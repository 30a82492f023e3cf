import type { S3Connection } from '../../../objects/remote/remote-storage.ts';
import type { Answer } from '../answer.ts';
import type { S3Call } from '../call.ts';

/** The other S3, for the time of one request. */
export interface There extends S3Connection {
  readonly region: string;
  /** Aborts when the client is gone, or did not send what it announced. */
  readonly signal: AbortSignal;
  giveUp(reason: Error): void;
}

/** One operation, as the other S3 does it. Rejects with the SDK's errors, or with an `S3Error` of ours. */
export type RelayedOperation = (call: S3Call, there: There) => Promise<Answer>;
