import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, openSync } from 'node:fs';
import { access, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import type { ObjectLocation } from '../../objects/object-storage.ts';
import type { RemoteStorageOptions } from '../../objects/remote/remote-storage.ts';
import { abortable } from '../abortable.ts';
import type { ObjectMounter } from './object-mounter.ts';

const INSTALL =
  'apt-get install rclone fuse3 (Debian, Ubuntu), dnf install rclone fuse3 (Fedora, RHEL), pacman -S rclone fuse3 (Arch)';

/** What a mount may keep of what was read, on the instance's disk. */
const CACHE_SIZE = '10Gi';
/** How long rclone waits for its own mount. */
const MOUNT_SECONDS = 60;
const LONGEST_CAUSE = 400;

/**
 * Read-only, and read as little as is asked for: the first piece of a file that is opened is one MiB. What was read is kept within
 * bounds. A folder's list is read once: a job sees what was there when it first looked.
 */
const OPTIONS = [
  ...['--read-only', '--vfs-cache-mode', 'full', '--vfs-cache-max-size', CACHE_SIZE],
  ...['--vfs-read-chunk-size', '1Mi', '--vfs-read-chunk-size-limit', '128Mi', '--buffer-size', '1Mi'],
  ...['--dir-cache-time', '10000h', '--poll-interval', '0', '--attr-timeout', '1m', '--use-server-modtime'],
  ...['--contimeout', '15s'],
  ...['--file-perms', '0444', '--dir-perms', '0555', '--log-level', 'NOTICE'],
];

/** Mounts by `rclone mount`, a process of its own that outlives this one and ends when its mount does. */
export class RcloneMounter implements ObjectMounter {
  readonly #options: RemoteStorageOptions;
  readonly #path: string;

  /** `path` is where programs are looked for, as in the environment's PATH. */
  constructor(options: RemoteStorageOptions, path = process.env.PATH ?? '') {
    this.#options = options;
    this.#path = path;
  }

  async refusal(): Promise<string | undefined> {
    const fuse = await access('/dev/fuse', constants.R_OK | constants.W_OK).catch(() => 'closed');
    if (fuse === 'closed')
      return 'objects of another S3 are mounted with FUSE, and /dev/fuse is missing or closed to this server: load the module "fuse", or give the container that device';
    const missing = (await this.#has('rclone'))
      ? (await this.#unmounter()) === undefined && 'fusermount3'
      : 'rclone';
    return missing
      ? `objects of another S3 are mounted with rclone and FUSE, and ${missing} is not installed: ${INSTALL}`
      : undefined;
  }

  async mount(
    { bucket, key }: ObjectLocation,
    { target, folder }: { readonly target: string; readonly folder: string },
    signal: AbortSignal,
  ): Promise<void> {
    if (await isMounted(target)) {
      if (await answers(target)) return;
      await this.unmount(target);
    }
    await mkdir(target, { recursive: true });
    const config = join(folder, 'rclone.conf');
    const log = join(folder, 'rclone.log');
    await writeFile(config, configOf(this.#options), { mode: 0o600 });
    const files = ['--config', config, '--cache-dir', join(folder, 'cache'), '--log-file', log];
    const daemon = ['--daemon', '--daemon-wait', `${MOUNT_SECONDS}s`];
    const { AWS_CA_BUNDLE: bundle } = process.env;
    const authority = bundle ? ['--ca-cert', bundle] : [];
    const source = `store:${bucket}/${key}`;
    try {
      const args = ['mount', source, target, ...OPTIONS, ...files, ...authority, ...daemon];
      await this.#runDaemon('rclone', args, log, signal);
      // The folder's list is read now, not when the algorithm opens its first file.
      const names = await abortable(readdir(target), signal);
      if (names.length === 0) throw new Error(`there is nothing below s3://${bucket}/${key}`);
    } catch (error) {
      await this.unmount(target);
      signal.throwIfAborted();
      throw new Error((await lastEntry(log)) || (error as Error).message);
    }
  }

  async unmount(target: string): Promise<void> {
    while (await isMounted(target)) {
      const [program = 'umount', option = '-l'] = (await this.#unmounter()) ?? [];
      await this.#run(program, [option, target]);
    }
  }

  async #unmounter(): Promise<readonly string[] | undefined> {
    for (const program of ['fusermount3', 'fusermount'])
      if (await this.#has(program)) return [program, '-uz'];
    return undefined;
  }

  async #has(program: string): Promise<boolean> {
    for (const folder of this.#path.split(delimiter)) {
      const found = await access(join(folder, program), constants.X_OK).then(
        () => true,
        () => false,
      );
      if (found && folder.startsWith('/')) return true;
    }
    return false;
  }

  /** Resolves when the program has ended, though what it started goes on and has its files. */
  async #runDaemon(
    program: string,
    args: readonly string[],
    log: string,
    signal: AbortSignal,
  ): Promise<void> {
    const complaints = openSync(log, 'a', 0o600);
    try {
      const stdio = ['ignore', 'ignore', complaints] as const;
      const child = spawn(program, args, {
        ...this.#surroundings(),
        detached: true,
        stdio: [...stdio],
        signal,
      });
      const [code] = await once(child, 'exit');
      if (code !== 0) throw new Error(`${program} ended with ${code ?? 'a signal'}`);
    } finally {
      closeSync(complaints);
    }
  }

  #run(program: string, args: readonly string[]): Promise<unknown> {
    return promisify(execFile)(program, args, this.#surroundings());
  }

  #surroundings() {
    return { env: { ...rcloneEnvironment(), PATH: this.#path }, cwd: '/' };
  }
}

/** Credentials are in this file, not in the list of processes. Without any, rclone finds them where AWS's SDKs do. */
function configOf({ endpoint, region, credentials, pathStyle = false }: RemoteStorageOptions): string {
  const values: Record<string, string | undefined> = {
    type: 's3',
    provider: endpoint === undefined ? 'AWS' : 'Other',
    endpoint,
    region,
    force_path_style: String(pathStyle),
    env_auth: String(credentials === undefined),
    access_key_id: credentials?.accessKeyId,
    secret_access_key: credentials?.secretAccessKey,
    session_token: credentials?.sessionToken,
  };
  const lines = Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : `${name} = ${value}`,
  );
  return ['[store]', ...lines, ''].join('\n');
}

/** Without variables that would change its options, and without one of AWS's that makes rclone fail: it has an option of its own. */
function rcloneEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('RCLONE_') && name !== 'AWS_CA_BUNDLE'),
  );
}

async function isMounted(target: string): Promise<boolean> {
  const mounts = await readFile('/proc/self/mountinfo', 'utf8');
  return mounts.split('\n').some((line) => unescaped(line.split(' ')[4] ?? '') === target);
}

/** The kernel writes spaces and the like as octal numbers. */
function unescaped(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8)));
}

/** Whether its process still serves a mount. */
async function answers(target: string): Promise<boolean> {
  return stat(target).then(
    () => true,
    () => false,
  );
}

/** The last thing that rclone wrote to its log, as one line. */
async function lastEntry(path: string): Promise<string | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const entries = text.split(/^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d /m);
  return entries.at(-1)?.replace(/\s+/g, ' ').trim().slice(0, LONGEST_CAUSE);
}
