import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JobFault } from '../../training/fault.ts';
import { SpaceWatch } from './space-watch.ts';

const MIB = 1024 * 1024;

/** A disk of so many bytes, which counts how often it is looked at. */
function disk(bytes: number) {
  const state = { bytes, looks: 0 };
  const free = async () => {
    state.looks += 1;
    return { bytes: state.bytes, files: 1000 };
  };
  return { state, free };
}

test('what others fill during the download is noticed before the next file meets it', async () => {
  const { state, free } = disk(300 * MIB);
  const watch = new SpaceWatch('/volume', 300 * MIB, free);
  watch.begins(100 * MIB);
  await watch.landed(100 * MIB);
  state.bytes = 150 * MIB;
  watch.begins(100 * MIB);
  await watch.landed(100 * MIB);
  state.bytes = 99 * MIB;
  await assert.rejects(
    watch.landed(64 * MIB),
    (error: unknown) =>
      error instanceof JobFault &&
      error.kind === 'ClientError' &&
      error.message.includes(`${100 * MIB} bytes are still to come, and ${99 * MIB} bytes are left`),
  );
});

test('files that are under way are not counted: part of them is on the disk already', async () => {
  const { free } = disk(10 * MIB);
  const watch = new SpaceWatch('/volume', 1000 * MIB, free);
  watch.begins(990 * MIB);
  await watch.landed(64 * MIB);
});

test('the disk is looked at now and then, not for each small file', async () => {
  const { state, free } = disk(1000 * MIB);
  const watch = new SpaceWatch('/volume', 0, free);
  for (let file = 0; file < 5120; file++) await watch.landed(1);
  assert.equal(state.looks, 10);
});
