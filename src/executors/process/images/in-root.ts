import { mkdirSync, readFileSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { RuntimeFault } from '../../runtime.ts';
import { kindOf } from '../private-paths.ts';

const MOST_LINKS = 40;
/** Of a file that is read whole. */
const LARGEST_FILE = 2 ** 20;

/**
 * A path of an image without any link in it: links are followed as the image's own programs would follow them, so none leads out
 * of the folder that the image was unpacked to. What does not exist is kept as it is.
 */
export function withoutLinks(root: string, path: string): string {
  const names = namesIn(path);
  let links = 0;
  let found = '';
  for (let name = names.shift(); name !== undefined; name = names.shift()) {
    if (name === '..') {
      found = found.slice(0, Math.max(0, found.lastIndexOf('/')));
      continue;
    }
    const next = `${found}/${name}`;
    if (kindOf(join(root, next)) !== 'link') {
      found = next;
      continue;
    }
    if (++links > MOST_LINKS) throw new RuntimeFault('client', `The image's ${path} is a link to itself.`);
    const link = readlinkSync(join(root, next));
    if (link.startsWith('/')) found = '';
    names.unshift(...namesIn(link));
  }
  return found || '/';
}

/** The text of an ordinary file of an image; undefined where there is none, or none that can be read. */
export function readInImage(root: string, path: string): string | undefined {
  const file = join(root, withoutLinks(root, path));
  try {
    const stat = statSync(file);
    return stat.isFile() && stat.size <= LARGEST_FILE ? readFileSync(file, 'utf8') : undefined;
  } catch {
    return undefined;
  }
}

/** Makes a folder of an image where it has none, with those that it is in. */
export function ensureFolder(root: string, path: string): void {
  mkdirSync(join(root, withoutLinks(root, path)), { recursive: true });
}

/** Makes an empty file of an image where it has none: a file of the machine's can be shown over it. */
export function ensureFile(root: string, path: string): void {
  const file = join(root, withoutLinks(root, path));
  if (kindOf(file) !== 'nothing') return;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, '');
}

const namesIn = (path: string): string[] => path.split('/').filter((name) => name !== '' && name !== '.');
