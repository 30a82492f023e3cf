import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../clock/clock.ts';
import { type AuthorityFile, makeAuthority } from '../proxy/authority.ts';
import { writePrivateFile } from '../store/private-file.ts';

/** Where the server keeps what, under its data directory. */
export function layoutOf(dataDir: string) {
  return {
    root: dataDir,
    database: join(dataDir, 'trainyard.db'),
    objects: join(dataDir, 'objects'),
    logs: join(dataDir, 'logs'),
    instances: join(dataDir, 'instances'),
    images: join(dataDir, 'images'),
    packages: join(dataDir, 'packages'),
    keys: join(dataDir, 'keys.json'),
    address: join(dataDir, 'server.json'),
    clock: join(dataDir, 'clock.json'),
    authority: join(dataDir, 'authority.json'),
    authorityCertificate: join(dataDir, 'authority.pem'),
    certificates: join(dataDir, 'certificates.pem'),
  };
}

export type DataLayout = ReturnType<typeof layoutOf>;

/** The owner's access key, and the secret that the keys of jobs are derived from. Made on first start. */
export interface ServerKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly jobKeySecret: string;
}

/** Where the server that uses the data directory answers. */
export interface ServerAddress {
  readonly url: string;
  readonly pid: number;
  /** What points AWS clients at it. */
  readonly variables: Readonly<Record<string, string>>;
  /** What leads clients to it that go to AWS whatever they are told. */
  readonly proxyVariables: Readonly<Record<string, string>>;
}

/** Creates the data directory, for the eyes of the person who starts the server only. */
export function createLayout(layout: DataLayout): void {
  for (const folder of [layout.root, layout.objects, layout.logs, layout.instances]) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }
}

/** The server's keys, made durably if there are none yet. */
export function openKeys(layout: DataLayout): ServerKeys {
  const found = readJson<ServerKeys>(layout.keys);
  if (found) return found;
  const made: ServerKeys = {
    accessKeyId: `AKIA${randomBytes(20).toString('hex').slice(0, 16).toUpperCase()}`,
    secretAccessKey: randomBytes(20).toString('hex'),
    jobKeySecret: randomBytes(32).toString('base64url'),
  };
  writePrivateFile(layout.keys, made);
  return made;
}

export const writeAddress = (layout: DataLayout, address: ServerAddress): void =>
  writePrivateFile(layout.address, address);

export const readAddress = (layout: DataLayout): ServerAddress | undefined =>
  readJson<ServerAddress>(layout.address);

/** The authority that vouches for the hosts of AWS, made durably if there is none yet. */
export async function openAuthority(layout: DataLayout, clock: Clock): Promise<AuthorityFile> {
  const found = readJson<AuthorityFile>(layout.authority);
  if (found) return found;
  const made = await makeAuthority(clock);
  writePrivateFile(layout.authority, made);
  return made;
}

/** What stands in a file; undefined: there is none. */
export function readJson<T>(path: string): T | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
