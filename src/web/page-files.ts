import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

/** One file of the page, ready to be sent. */
export interface PageFile {
  readonly contentType: string;
  readonly gzipped: Buffer;
}

/** What `npm run build:web` made: the files by name, and which of them the page begins with. */
export interface PageFiles {
  readonly script: string;
  readonly style: string;
  readonly files: ReadonlyMap<string, PageFile>;
}

/** Beside `src/` in a checkout, and beside `dist/` in the package. */
const FOLDER = new URL('../../dist-web/', import.meta.url);

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
};

/** Reads the built page; undefined when it was not built. */
export function readPageFiles(folder: URL = FOLDER): PageFiles | undefined {
  const manifest = readManifest(folder);
  if (!manifest) return undefined;
  const files = manifest.files.map((name): [string, PageFile] => [
    name,
    {
      contentType: CONTENT_TYPES[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream',
      gzipped: gzipSync(readFileSync(new URL(name, folder))),
    },
  ]);
  return { ...manifest, files: new Map(files) };
}

interface Manifest {
  readonly script: string;
  readonly style: string;
  readonly files: readonly string[];
}

function readManifest(folder: URL): Manifest | undefined {
  try {
    return JSON.parse(readFileSync(new URL('manifest.json', folder), 'utf8')) as Manifest;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
