import { randomBytes } from 'node:crypto';
import { accessSync, constants, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Clock } from '../clock/clock.ts';
import { type AuthorityFile, makeAuthority } from '../proxy/authority.ts';
import { writePrivateFile } from '../store/private-file.ts';
import { CannotStart } from './cannot-start.ts';
import { makeFolder } from './make-folder.ts';

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

/** Creates the data directory, for the eyes of the person who starts the server only. Throws `CannotStart`. */
export function createLayout(layout: DataLayout): void {
  try {
    for (const folder of [layout.root, layout.objects, layout.logs, layout.instances]) {
      makeFolder(folder, 0o700);
      accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    }
  } catch (error) {
    throw new CannotStart(
      `the data directory ${layout.root} can't be used: ${obstacle(error as NodeJS.ErrnoException)}. Name another one by --data-dir.`,
    );
  }
}

function obstacle({ code, path = '', syscall, message }: NodeJS.ErrnoException): string {
  const place = syscall === 'mkdir' ? dirname(path) : path;
  if (code === 'EEXIST') return `${path} is no folder`;
  if (code === 'ENOTDIR') return `${place} is no folder`;
  if (code === 'EACCES' || code === 'EPERM') return `you may not write to ${place}`;
  if (code === 'EROFS') return `the file system of ${place} is read-only`;
  if (code === 'ENOENT') return `no folder can be made in ${place}`;
  return message;
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

/** What stands in a file; undefined: there is none. Throws `CannotStart` where it is not what a server wrote. */
export function readJson<T>(path: string): T | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    if (error instanceof SyntaxError)
      throw new CannotStart(`${path} is no longer what a server wrote there.`);
    throw error;
  }
}
