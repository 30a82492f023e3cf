/** A runtime with images of this machine, for tests, and for a server of its own: `<algorithm as JSON> <folder> <layout>`. */
import { join } from 'node:path';
import { systemClock } from '../../../clock/system-clock.ts';
import { imageSettings } from '../../../images/image-settings.ts';
import type { Algorithm } from '../../runtime.ts';
import { type ProcessConfig, processSettings } from '../config.ts';
import { createProcessRuntime, type ProcessRuntime } from '../process-runtime.ts';
import { UnpackedImages } from './unpacked-images.ts';

export interface ImagePlace {
  readonly runtime: ProcessRuntime;
  readonly unpacked: UnpackedImages;
  /** Brings the image of an algorithm, as the agent does before it starts one. */
  bring(algorithm: Algorithm): Promise<void>;
}

/** A runtime that keeps its images in a folder. */
export function imagePlace(
  folder: string,
  images: ProcessConfig['images'],
  log: (line: string) => void = () => {},
): ImagePlace {
  const settings = imageSettings.parse({ pull: 'never' });
  const unpacked = new UnpackedImages({ folder, settings, clock: systemClock, log });
  unpacked.open();
  const runtime = createProcessRuntime(processSettings(2).parse({ images }), {
    clock: systemClock,
    hidden: [],
    images: { settings, unpacked },
  });
  const bring = async ({ image, home }: Algorithm) => {
    const { signal } = new AbortController();
    await runtime.bringImage?.({ image, home, signal, downloading: () => {} });
  };
  return { runtime, unpacked, bring };
}

if (import.meta.main) {
  const [order = '', folder = '', layout = ''] = process.argv.slice(2);
  const algorithm = JSON.parse(order) as Algorithm;
  const { runtime, unpacked, bring } = imagePlace(join(folder, 'images'), { it: { oci: layout } });
  await bring(algorithm);
  const running = await runtime.start(algorithm);
  const exit = await running.ended;
  await running.release();
  await unpacked.close();
  process.stdout.write(`${JSON.stringify(exit)}\n`);
}
