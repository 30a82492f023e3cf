import type { BigIntStats } from 'node:fs';

/** What tells a file's content from an earlier one without reading it: its size, the time of its last change, and which file it is. */
export type Signature = string;

export const signatureOf = ({ size, mtimeNs, ino }: BigIntStats): Signature => `${size}:${mtimeNs}:${ino}`;

/** Names a file of this machine, whatever its paths are. */
export const fileId = ({ dev, ino }: Pick<BigIntStats, 'dev' | 'ino'>): string => `${dev}:${ino}`;
