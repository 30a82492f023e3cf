import { isIP } from 'node:net';
import { INVALID_URI, KEY_TOO_LONG } from './errors.ts';

/** What a request line and its Host say a request is about. */
export interface Target {
  /** Empty: the service itself. */
  readonly bucket: string;
  /** Empty: the bucket itself. */
  readonly key: string;
  /** The path as it was sent: an error's `<Resource>`. */
  readonly path: string;
  readonly query: URLSearchParams;
}

/** Bytes of UTF-8 (S3 user guide, "Naming Amazon S3 objects"). */
const LONGEST_KEY = 1024;

/** Path style always; virtual-host style where `hostBucket` finds a bucket in the Host. Dot segments are part of a key. */
export function readTarget(url: string, host: string | undefined): Target {
  const [path = '/', ...rest] = url.split('?');
  const query = new URLSearchParams(rest.join('?'));
  const virtual = hostBucket(host);
  const [bucket, key] = virtual === undefined ? splitPath(path) : [virtual, decode(path.slice(1))];
  const size = Buffer.byteLength(key);
  if (size > LONGEST_KEY) throw KEY_TOO_LONG({ Size: size, MaxSizeAllowed: LONGEST_KEY });
  return { bucket, key, path, query };
}

function splitPath(path: string): [string, string] {
  const slash = path.indexOf('/', 1);
  return slash < 0
    ? [decode(path.slice(1)), '']
    : [decode(path.slice(1, slash)), decode(path.slice(slash + 1))];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw INVALID_URI({ URI: text });
  }
}

/**
 * The bucket of `<bucket>.localhost` and of `<bucket>.s3.<anything>` (`<bucket>.s3-<region>.…`). Any other name may be the
 * server's own, so there the bucket is in the path.
 */
function hostBucket(host: string | undefined): string | undefined {
  const name = (host ?? '').replace(/:\d+$/, '').toLowerCase();
  if (name.startsWith('[') || isIP(name)) return undefined;
  const bucket = /^(.+?)\.(?:localhost|s3(?:[.-].+)?)$/.exec(name)?.[1];
  // `s3.localhost` is a server; no bucket has so short a name.
  return bucket !== undefined && bucket.length >= 3 ? bucket : undefined;
}
