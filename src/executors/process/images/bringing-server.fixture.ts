/**
 * A server that does nothing but bring one image, for tests that kill it. Takes the images' folder and the image's name; says
 * `brought` when it is there.
 */
import { join } from 'node:path';
import { systemClock } from '../../../clock/system-clock.ts';
import { imageSettings } from '../../../images/image-settings.ts';
import { registrySource } from './image-source.ts';
import { UnpackedImages } from './unpacked-images.ts';

const [folder = '', name = ''] = process.argv.slice(2);
const settings = imageSettings.parse({});
const images = new UnpackedImages({ folder, settings, clock: systemClock, log: () => {} });
images.open();
await images.bring({
  source: registrySource(name, settings),
  user: join(folder, 'user'),
  take: () => {},
  signal: new AbortController().signal,
  downloading: () => {},
});
process.stdout.write('brought\n');
