import { ROOT } from '../router.tsx';
import { PAGE_HEADERS, ServerError } from '../server/ask.ts';

export interface Sending {
  readonly body: Blob;
  readonly type?: string;
  readonly signal: AbortSignal;
  /** Told how many bytes are on their way. */
  readonly onProgress: (bytes: number) => void;
}

/** What the store says of bytes that it has. */
export interface Stored {
  readonly etag: string;
  /** Some stores want to be told it again at the end. */
  readonly crc32?: string;
}

/**
 * Puts bytes to a path below the page's root, telling how far they are, which `fetch` does not. Rejects with a `ServerError`, or with the
 * signal's reason.
 */
export function sendBytes(path: string, { body, type, signal, onProgress }: Sending): Promise<Stored> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const request = new XMLHttpRequest();
    const stop = () => request.abort();
    signal.addEventListener('abort', stop, { once: true });
    request.open('PUT', ROOT + path);
    for (const [name, value] of Object.entries(PAGE_HEADERS)) request.setRequestHeader(name, value);
    if (type !== undefined) request.setRequestHeader('Content-Type', type);
    request.upload.onprogress = ({ loaded }) => onProgress(loaded);
    request.onload = () => {
      if (request.status === 200) resolve(storedOf(request));
      else reject(refusalOf(request));
    };
    request.onerror = () => reject(new ServerError('Unreachable', 'The connection broke.'));
    request.onabort = () => reject(signal.reason);
    request.onloadend = () => signal.removeEventListener('abort', stop);
    request.send(body);
  });
}

function storedOf(request: XMLHttpRequest): Stored {
  const crc32 = request.getResponseHeader('x-amz-checksum-crc32');
  return { etag: request.getResponseHeader('etag') ?? '', ...(crc32 !== null && { crc32 }) };
}

function refusalOf({ status, responseText }: XMLHttpRequest): ServerError {
  if (status === 401)
    return new ServerError(
      'SignedOut',
      'You are signed out: sign in in another tab, then try again.',
      status,
    );
  const code = /<Code>(.*?)<\/Code>/s.exec(responseText)?.[1] ?? 'UploadRefused';
  const message = /<Message>(.*?)<\/Message>/s.exec(responseText)?.[1] ?? `The server answered ${status}.`;
  return new ServerError(code, message, status);
}
