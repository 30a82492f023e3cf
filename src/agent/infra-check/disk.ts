import { createHash, randomBytes } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { freeSpace } from '../free-space.ts';
import type { InstanceCheck } from './instance-check.ts';

const MEBIBYTE = 2 ** 20;
const SAMPLE_MEBIBYTES = 16;
/** Less than this is no disk to train on. */
const LEAST_FREE_BYTES = 64 * MEBIBYTE;

/** What is written to the instance's disk comes back as it was, and there is room. */
export const checkDisk: InstanceCheck = {
  name: 'disk',
  async run({ folder }) {
    const { bytes } = await freeSpace(folder.home);
    if (bytes < LEAST_FREE_BYTES) throw new Error(`only ${bytes} bytes are free`);
    const path = join(folder.state, 'disk-check');
    const started = performance.now();
    try {
      const written = await writeSample(path);
      const rate = (SAMPLE_MEBIBYTES / (performance.now() - started)) * 1000;
      if ((await hashOf(path)) !== written) throw new Error('what was written did not come back');
      return `${Math.round(rate)} MiB/s written, ${Math.round(bytes / MEBIBYTE)} MiB free`;
    } finally {
      await rm(path, { force: true });
    }
  },
};

async function writeSample(path: string): Promise<string> {
  const hash = createHash('sha256');
  const file = await open(path, 'w', 0o600);
  try {
    for (let index = 0; index < SAMPLE_MEBIBYTES; index++) {
      const block = randomBytes(MEBIBYTE);
      hash.update(block);
      await file.write(block);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return hash.digest('hex');
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  const file = await open(path, 'r');
  try {
    for await (const chunk of file.createReadStream({ autoClose: false })) hash.update(chunk);
  } finally {
    await file.close();
  }
  return hash.digest('hex');
}
