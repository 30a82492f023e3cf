import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { channelsOf } from './channels/channel.ts';
import type { Hook } from './hook.ts';

/** What the platform itself creates below `/opt/ml` (training contract §1.2), besides the channels' folders. */
const FOLDERS = [
  'input/config',
  'input/data',
  'model',
  'output/data',
  'output/metrics/sagemaker',
  'output/profiler',
];

/** Lays out `/opt/ml`. */
export const layOutFolders: Hook = {
  name: 'lay out /opt/ml',
  async run({ plan, folder }) {
    // A channel in Pipe mode has FIFOs and no folder (training contract §2.6).
    const channels = channelsOf(plan)
      .filter(({ inputMode }) => inputMode !== 'Pipe')
      .map((channel) => `input/data/${channel.name}`);
    for (const path of [...FOLDERS, ...channels]) {
      await mkdir(join(folder.ml, path), { recursive: true, mode: 0o755 });
    }
  },
};
