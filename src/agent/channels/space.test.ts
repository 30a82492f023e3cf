import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JobFault } from '../../training/fault.ts';
import { checkSpace } from './space.ts';

const GB = 1024 ** 3;
const need = (channel: string, total: number, missing = total) => ({ channel, total, missing });
const refused = (text: string) => (error: unknown) =>
  error instanceof JobFault &&
  error.kind === 'ClientError' &&
  error.message === `Data download failed:${text}`;

test('what fits to the byte passes, and one byte more names the channel, the need and what is there', () => {
  checkSpace([need('train', 60), need('test', 40)], 100, 0);
  assert.throws(
    () => checkSpace([need('train', 60), need('test', 41)], 100, 0),
    refused(`channel "test" needs 41 bytes, and 40 bytes are available on the instance's disk`),
  );
});

test('the volume that the job asked for counts, whatever the disk has', () => {
  checkSpace([need('train', GB)], 10 * GB, 1);
  assert.throws(
    () => checkSpace([need('train', GB + 1)], 10 * GB, 1),
    refused(
      `channel "train" needs ${GB + 1} bytes, and ${GB} bytes are available of the 1 GB of ResourceConfig.VolumeSizeInGB`,
    ),
  );
});

test('files that are on the disk already need no room again, but count for the volume', () => {
  checkSpace([need('train', 1000, 10)], 10, 0);
  assert.throws(() => checkSpace([need('train', 2 * GB, 0)], 0, 1), JobFault);
});
