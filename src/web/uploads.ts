import type { Clock } from '../clock/clock.ts';
import type { Exchange } from '../endpoint/exchange.ts';
import { ObjectStorageError } from '../objects/object-storage.ts';
import type { Database } from '../store/database.ts';
import {
  dropPageUpload,
  notePageUpload,
  type PageUpload,
  silentPageUploads,
} from '../store/web/page-uploads.ts';
import { SESSION_SECONDS } from './sign-in.ts';

/** Whoever paused an upload may go on as long as their session lasts. */
const SILENCE_MS = SESSION_SECONDS * 1000;
const EVERY_MS = 10 * 60 * 1000;
const AT_A_TIME = 100;

export interface PageUploadsOptions {
  readonly database: Database;
  /** The machine's: browsers live by it. */
  readonly clock: Clock;
  /** Removes the parts of an upload from the store. */
  readonly end: (upload: PageUpload) => Promise<void>;
  readonly log: (line: string) => void;
}

/**
 * The uploads in parts that the page has begun. The page ends those that it gives up; what a browser leaves that was killed, or lost its
 * way to the server, is ended here, so that no parts lie in the store which nobody sees.
 */
export class PageUploads {
  readonly #options: PageUploadsOptions;

  constructor(options: PageUploadsOptions) {
    this.#options = options;
  }

  /** Takes notice of a request to `<bucket>/<key>` that belongs to an upload, before it does anything. */
  noticeRequest(
    { method, response }: Pick<Exchange, 'method' | 'response'>,
    path: string,
    query: URLSearchParams,
  ): void {
    const uploadId = query.get('uploadId');
    if (uploadId === null) return;
    const { database, clock } = this.#options;
    const [bucket = '', ...key] = path.split('/').map(decoded);
    notePageUpload(database, { uploadId, bucket, key: key.join('/') }, clock.now());
    if (method === 'DELETE') {
      response.once('finish', () => {
        if (response.statusCode === 204) dropPageUpload(database, uploadId);
      });
    }
  }

  /** Ends uploads of which nothing was heard, those of earlier servers too, until the signal aborts. */
  async endSilent(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#options;
    while (!signal.aborted) {
      await this.#endSilentNow().catch((error: Error) => log(`uploads of the page: ${error.message}`));
      await clock.sleep(EVERY_MS, signal).catch(() => {});
    }
  }

  async #endSilentNow(): Promise<void> {
    const { database, clock, end, log } = this.#options;
    for (const upload of silentPageUploads(database, clock.now() - SILENCE_MS, AT_A_TIME)) {
      try {
        await end(upload);
      } catch (error) {
        if (!isGone(error)) {
          log(
            `the parts of s3://${upload.bucket}/${upload.key} could not be removed: ${(error as Error).message}`,
          );
          continue;
        }
      }
      dropPageUpload(database, upload.uploadId);
    }
  }
}

/** Completed, ended by somebody else, or its bucket is gone. */
const isGone = (error: unknown): boolean =>
  error instanceof ObjectStorageError && (error.code === 'NoSuchUpload' || error.code === 'NoSuchBucket');

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
