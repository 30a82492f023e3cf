/** Deeper than any request of a service that is served. */
const DEEPEST = 32;
const BREAK = 0xff;
const INDEFINITE = 31;
/** The tag of a timestamp in epoch seconds: the only one that the protocol has for a request of ours. */
const EPOCH = 1;

/**
 * Whether `bytes` are one CBOR item that is safe to decode: whole, not nested too deeply, and without tags but those of
 * timestamps. The decoder takes big numbers and decimal fractions too, and those can be made to keep it busy for minutes.
 */
export function isWellFormed(bytes: Uint8Array): boolean {
  try {
    return endOfItem(bytes, 0, 0) === bytes.length;
  } catch (error) {
    if (error instanceof Malformed) return false;
    throw error;
  }
}

class Malformed extends Error {}

function endOfItem(bytes: Uint8Array, at: number, depth: number): number {
  const initial = byteAt(bytes, at);
  const major = initial >> 5;
  if (depth > DEEPEST) throw new Malformed();
  if ((initial & 31) === INDEFINITE) return endOfIndefinite(bytes, at, major, depth);
  const { value, end } = argument(bytes, at);
  switch (major) {
    case 2:
    case 3:
      return end + value <= bytes.length ? end + value : malformed();
    case 4:
      return endOfItems(bytes, end, value, depth);
    case 5:
      return endOfItems(bytes, end, 2 * value, depth);
    case 6:
      return value === EPOCH ? endOfItem(bytes, end, depth + 1) : malformed();
    default:
      return end;
  }
}

function endOfItems(bytes: Uint8Array, start: number, count: number, depth: number): number {
  // Each takes a byte at least: a count beyond them would only make the decoder reserve memory.
  if (count > bytes.length - start) throw new Malformed();
  let at = start;
  for (let item = 0; item < count; item++) at = endOfItem(bytes, at, depth + 1);
  return at;
}

function endOfIndefinite(bytes: Uint8Array, start: number, major: number, depth: number): number {
  if (major < 2 || major > 5) throw new Malformed();
  let at = start + 1;
  while (byteAt(bytes, at) !== BREAK) at = endOfItem(bytes, at, depth + 1);
  return at + 1;
}

/** The number that follows an item's first byte, or is part of it. */
function argument(bytes: Uint8Array, at: number): { readonly value: number; readonly end: number } {
  const minor = byteAt(bytes, at) & 31;
  if (minor < 24) return { value: minor, end: at + 1 };
  if (minor > 27) throw new Malformed();
  const end = at + 1 + 2 ** (minor - 24);
  let value = 0;
  for (let each = at + 1; each < end; each++) value = value * 256 + byteAt(bytes, each);
  return { value, end };
}

const byteAt = (bytes: Uint8Array, at: number): number => bytes[at] ?? malformed();

function malformed(): never {
  throw new Malformed();
}
