import type { ObjectStorage } from '../../objects/object-storage.ts';

/** When a file's content counts as settled, in milliseconds. */
export interface Settling {
  /** It must not have changed for so long. */
  readonly quiet: number;
  /** And nobody may have it open for writing, unless it has not changed for so long. */
  readonly open: number;
  /** A file that never rests is stored as it is after so long: for files that only grow. Absent: it has to wait. */
  readonly growing?: number;
}

/** How patient a sync is, in milliseconds. */
export interface Patience {
  /** After the first failure, and the longest wait between two tries. */
  readonly firstRetry: number;
  readonly longestRetry: number;
  /** An upload of which no byte is taken for so long has failed. */
  readonly stall: number;
  /** A removal waits at most so long for the uploads that are to be done first. */
  readonly removal: number;
  /** The last flush gives up when nothing has got ahead for so long. */
  readonly flush: number;
}

export const PATIENCE: Patience = {
  firstRetry: 500,
  longestRetry: 30_000,
  stall: 300_000,
  removal: 30_000,
  flush: 300_000,
};

export interface SyncOptions {
  /** The folder's real path. */
  readonly root: string;
  /** Whether it stands where it should, and no link is in its place. */
  isThere(): Promise<boolean>;
  /** The folder as the algorithm knows it. */
  readonly shownAs: string;
  readonly bucket: string;
  /** Ends in a slash, or is empty. */
  readonly prefix: string;
  readonly storage: ObjectStorage;
  /** Where it remembers what is in S3. */
  readonly journal: string;
  readonly settling: Settling;
  readonly patience: Patience;
  /** A line in the job's log. */
  say(line: string): void;
  /** A line for the operator. */
  log(line: string): void;
}

/** What a flush could not bring to S3. */
export interface Unsynced {
  readonly files: number;
  /** One of them, and why. */
  readonly path: string;
  readonly error: unknown;
}
