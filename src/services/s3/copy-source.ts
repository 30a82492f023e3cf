import type { StoredObject } from '../../objects/embedded/embedded-store.ts';
import type { ObjectLocation } from '../../objects/object-storage.ts';
import { LARGEST_PUT } from './body.ts';
import type { Deployment, S3Call } from './call.ts';
import { checkCopySource } from './conditions.ts';
import { invalidArgument, invalidRequest, NO_SUCH_VERSION } from './errors.ts';
import { type Slice, sliceOfRange } from './ranges.ts';

const SOURCE = 'x-amz-copy-source';
const RANGE = 'x-amz-copy-source-range';

/** The object that is to be copied, once its conditions hold. */
export function openCopySource(call: S3Call, { store }: Deployment): StoredObject {
  const source = store.head(parseCopySource(call));
  checkCopySource(call, source);
  const slice = copySourceRange(call, source);
  if ((slice?.length ?? source.size) > LARGEST_PUT) {
    throw invalidRequest(
      `The specified copy source is larger than the maximum allowable size for a copy source: ${LARGEST_PUT}`,
    );
  }
  return source;
}

/** `[/]bucket/key[?versionId=null]`, percent-encoded; a plus sign is itself. */
export function parseCopySource(call: S3Call): ObjectLocation {
  const text = call.header(SOURCE) ?? '';
  const [path = '', version] = text.split('?versionId=');
  if (version !== undefined && version !== 'null') throw NO_SUCH_VERSION({ VersionId: version });
  const match = /^\/?([^/]+)\/(.+)$/s.exec(decode(path));
  if (match?.[1] && match[2]) return { bucket: match[1], key: match[2] };
  throw invalidArgument(SOURCE, text, 'Invalid copy source object key');
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw invalidArgument(SOURCE, path, 'Invalid copy source encoding.');
  }
}

/** The bytes of the source that UploadPartCopy asks for, which must all be there. */
export function copySourceRange(call: S3Call, source: StoredObject): Slice | undefined {
  const range = call.header(RANGE);
  if (range === undefined) return undefined;
  const last = /^bytes=\d+-(\d+)$/.exec(range)?.[1];
  if (last === undefined) {
    const message =
      'The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy';
    throw invalidArgument(RANGE, range, message);
  }
  const slice = Number(last) < source.size ? sliceOfRange(range, source.size) : undefined;
  if (slice) return slice;
  throw invalidArgument(
    RANGE,
    range,
    `Range specified is not valid for source object of size: ${source.size}`,
  );
}
