import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { channelsOf } from './channels/channel.ts';
import type { Hook } from './hook.ts';

/** What the platform itself creates below `/opt/ml` (training contract §1.2), besides the channels' folders; each after what it is in. */
const FOLDERS = [
  'input',
  'input/config',
  'input/data',
  'model',
  'output',
  'output/data',
  'output/metrics',
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
    for (const path of ['', ...FOLDERS, ...channels]) makeFolder(join(folder.ml, path));
  },
};

/** Small and local: made at once. An agent before a crash may have made it. */
function makeFolder(path: string): void {
  try {
    mkdirSync(path, { mode: 0o755 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
