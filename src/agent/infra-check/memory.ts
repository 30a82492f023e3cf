import { freemem } from 'node:os';
import { setImmediate as turn } from 'node:timers/promises';
import type { InstanceCheck } from './instance-check.ts';

const MEBIBYTE = 2 ** 20;
const SAMPLE_MEBIBYTES = 64;
const PATTERNS = [0x55, 0xaa];

/** Memory can be had, and holds what is put into it. */
export const checkMemory: InstanceCheck = {
  name: 'memory',
  async run() {
    const sample = Buffer.allocUnsafeSlow(SAMPLE_MEBIBYTES * MEBIBYTE);
    for (const pattern of PATTERNS) {
      sample.fill(pattern);
      const expected = Buffer.alloc(MEBIBYTE, pattern);
      for (let start = 0; start < sample.length; start += MEBIBYTE) {
        if (!sample.subarray(start, start + MEBIBYTE).equals(expected)) {
          throw new Error('it does not hold what is put into it');
        }
      }
      // The server has others to serve in between.
      await turn();
    }
    return `${SAMPLE_MEBIBYTES} MiB hold what is put into them, ${Math.round(freemem() / MEBIBYTE)} MiB are free`;
  },
};
