/** A key as the database holds it: its UTF-8 bytes, which is also the order that S3 lists keys in. */
export const toBytes = (key: string): Buffer => Buffer.from(key, 'utf8');

export const fromBytes = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');

/** The first byte string that is greater than every one that starts with `prefix`; absent when there is none. */
export function afterPrefix(prefix: Uint8Array): Buffer | undefined {
  const end = Buffer.from(prefix);
  const last = end.findLastIndex((byte) => byte < 0xff);
  if (last < 0) return undefined;
  end[last] = (end[last] ?? 0) + 1;
  return end.subarray(0, last + 1);
}
