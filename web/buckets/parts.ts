/** A stretch of a file, which is one request. */
export interface Part {
  /** From 1. */
  readonly number: number;
  /** Bytes. */
  readonly start: number;
  readonly end: number;
}

const MIB = 1024 ** 2;
/** A file that is no larger is one request; a larger one goes in parts of this size at least. */
export const PART_BYTES = 16 * MIB;
/** S3 takes no more. */
const MOST_PARTS = 10_000;

/** How a file of a size (bytes) is cut into parts, none of which is empty; an empty file has one that is. */
export function partsOf(size: number): Part[] {
  const bytes = Math.max(PART_BYTES, Math.ceil(size / MOST_PARTS / MIB) * MIB);
  return Array.from({ length: Math.max(1, Math.ceil(size / bytes)) }, (_, index) => ({
    number: index + 1,
    start: index * bytes,
    end: Math.min((index + 1) * bytes, size),
  }));
}
