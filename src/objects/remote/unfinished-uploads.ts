import type { UploadTarget } from './upload-target.ts';

/** So long the end of an upload is tried: a store that does not answer must not keep what comes after it waiting. */
const WITHIN_MS = 15_000;

/**
 * Ends the uploads to a key that were never completed: whoever began them was killed. Nobody sees their parts, but they are stored and
 * charged for. What can't be removed is told and keeps nobody from the new upload.
 */
export async function endUnfinishedUploads(target: UploadTarget, signal: AbortSignal): Promise<void> {
  const { sdk, client, to, options } = target;
  const list = new sdk.ListMultipartUploadsCommand({
    Bucket: to.bucket,
    Prefix: to.key,
    EncodingType: 'url',
  });
  try {
    const { Uploads = [], EncodingType } = await client.send(list, { abortSignal: signal });
    for (const { Key, UploadId } of Uploads) {
      const key = EncodingType === 'url' && Key ? decodeURIComponent(Key.replaceAll('+', ' ')) : Key;
      if (key === to.key && UploadId) await endUpload(target, UploadId);
    }
  } catch (error) {
    signal.throwIfAborted();
    options.onLeftover?.(`can't look for parts that an unfinished upload left: ${wordsOf(error)}`);
  }
}

/** Removes the parts of an upload. Without the caller's signal, as its abort is just when they must go. Tells when it can't. */
export async function endUpload({ sdk, client, to, options }: UploadTarget, uploadId: string): Promise<void> {
  const abort = new sdk.AbortMultipartUploadCommand({ Bucket: to.bucket, Key: to.key, UploadId: uploadId });
  try {
    await client.send(abort, { abortSignal: AbortSignal.timeout(WITHIN_MS) });
  } catch (error) {
    if (error instanceof Error && GONE.has(error.name)) return;
    options.onLeftover?.(
      `the parts of the unfinished upload ${uploadId} could not be removed: ${wordsOf(error)}; a lifecycle rule with AbortIncompleteMultipartUpload removes them`,
    );
  }
}

/** The upload, or all of its bucket, is gone already. */
const GONE: ReadonlySet<string> = new Set(['NoSuchUpload', 'NoSuchBucket']);

const wordsOf = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);
