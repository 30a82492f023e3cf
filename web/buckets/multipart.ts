import { ROOT } from '../router.tsx';
import { PAGE_HEADERS, ServerError, send } from '../server/ask.ts';
import type { Stored } from './send-bytes.ts';

/** Begins an upload in parts of the object at a path. Resolves with the store's name for it. */
export async function beginUpload(path: string, type: string): Promise<string> {
  const response = await send(`${path}?uploads=`, { method: 'POST', headers: { 'Content-Type': type } });
  const id = /<UploadId>(.*?)<\/UploadId>/s.exec(await response.text())?.[1];
  if (id === undefined) throw new ServerError('NoUploadId', 'The store began an upload without a name.', 502);
  return id;
}

export const partPath = (path: string, uploadId: string, number: number): string =>
  `${path}?partNumber=${number}&uploadId=${encodeURIComponent(uploadId)}`;

/** Makes the object of its parts, in their order. */
export async function completeUpload(
  path: string,
  uploadId: string,
  parts: readonly Stored[],
): Promise<void> {
  const list = parts.map(({ etag, crc32 }, index) => {
    const checksum = crc32 === undefined ? '' : `<ChecksumCRC32>${crc32}</ChecksumCRC32>`;
    return `<Part><PartNumber>${index + 1}</PartNumber><ETag>${etag}</ETag>${checksum}</Part>`;
  });
  const body = `<CompleteMultipartUpload>${list.join('')}</CompleteMultipartUpload>`;
  const text = await (await send(uploadPath(path, uploadId), { method: 'POST', body })).text();
  // An answer that took long begins as a good one, and may end as an error.
  const [, message] = /<Error>.*?<Message>(.*?)<\/Message>/s.exec(text) ?? [];
  if (message !== undefined) throw new ServerError('UploadRefused', message, 500);
}

/** Removes an upload that is not completed, with its parts. */
export const endUpload = async (path: string, uploadId: string): Promise<void> => {
  await send(uploadPath(path, uploadId), { method: 'DELETE' });
};

/** The same as the page is left: the browser sends it on behalf of a page that is no longer there. */
export function endUploadOnLeaving(path: string, uploadId: string): void {
  const init = { method: 'DELETE', keepalive: true, headers: PAGE_HEADERS };
  void fetch(ROOT + uploadPath(path, uploadId), init).catch(() => {});
}

const uploadPath = (path: string, uploadId: string): string =>
  `${path}?uploadId=${encodeURIComponent(uploadId)}`;
