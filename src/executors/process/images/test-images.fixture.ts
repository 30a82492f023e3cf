/** Images made of a few files of this machine, and a registry that serves them: no other registry is needed for the tests. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { findProgram } from '../find-program.ts';
import { missingImageTools } from './image-tools.ts';

/** A shell with all its commands in one program that needs no libraries. */
const BUSYBOX = '/bin/busybox';

/** Why tests with images can't run here; false when they can. */
export const skipImages: string | false = whyNot();

function whyNot(): string | false {
  const missing = ['docker-registry', 'htpasswd'].filter((name) => findProgram(name) === undefined);
  if (!isStatic(BUSYBOX)) missing.push('busybox-static');
  const tools = missingImageTools();
  if (tools !== undefined) return tools;
  return missing.length > 0 && `${missing.join(', ')}: not installed (scripts/prepare-machine --acceptance)`;
}

function isStatic(program: string): boolean {
  return existsSync(program) && spawnSync('ldd', [program]).status !== 0;
}

/** What an image is made of, besides a shell. */
export interface ImageParts {
  /** By path: the text of a file; `-> target` for a link. */
  readonly files?: Readonly<Record<string, string>>;
  /** Options of `umoci config`: `--config.user app`. */
  readonly config?: readonly string[];
  readonly architecture?: string;
  /** Random bytes that make the image larger. */
  readonly ballast?: number;
}

export const temporaryFolder = (): string => mkdtempSync(join(tmpdir(), 'trainyard-images-'));

/** A folder that is gone after the test. */
export function scratch(t: TestContext): string {
  const folder = temporaryFolder();
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Makes an image in a new layout of OCI; its tag is `it`. Returns the layout's path. */
export function makeLayout(folder: string, name: string, parts: ImageParts = {}): string {
  const layout = join(folder, name);
  const bundle = join(folder, `${name}.bundle`);
  const image = `${layout}:it`;
  run('umoci', 'init', '--layout', layout);
  run('umoci', 'new', '--image', image);
  run('umoci', 'unpack', '--rootless', '--image', image, bundle);
  fill(join(bundle, 'rootfs'), parts);
  run('umoci', 'repack', '--image', image, bundle);
  const options = ['--architecture', parts.architecture ?? machineArchitecture(), ...(parts.config ?? [])];
  run('umoci', 'config', '--image', image, ...options);
  rmSync(bundle, { recursive: true, force: true });
  return layout;
}

function fill(root: string, { files = {}, ballast = 0 }: ImageParts): void {
  mkdirSync(join(root, 'bin'), { recursive: true });
  copyFileSync(BUSYBOX, join(root, 'bin/busybox'));
  for (const name of [
    'sh',
    'cat',
    'ls',
    'id',
    'env',
    'touch',
    'rm',
    'mkdir',
    'sleep',
    'pwd',
    'stat',
    'true',
  ]) {
    symlinkSync('/bin/busybox', join(root, 'bin', name));
  }
  for (const [path, text] of Object.entries(files)) {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    if (text.startsWith('-> ')) symlinkSync(text.slice(3), file);
    else writeFileSync(file, text, { mode: text.startsWith('#!') ? 0o755 : 0o644 });
  }
  if (ballast > 0)
    run('dd', 'if=/dev/urandom', `of=${join(root, 'ballast')}`, 'bs=1024', `count=${ballast / 1024}`);
}

/** The architecture of this machine, in Go's words. */
export function machineArchitecture(): string {
  return process.arch === 'x64' ? 'amd64' : process.arch;
}

export interface TestRegistry {
  /** `127.0.0.1:<port>`. */
  readonly host: string;
  /** Puts the image of a layout there, under a name that is returned in full. */
  push(layout: string, name: string): string;
  /** What was asked of it so far: a line each. */
  readonly requests: readonly string[];
  /** Ends it. */
  stop(): void;
}

export interface RegistryAccount {
  readonly username: string;
  readonly password: string;
}

/** A registry on a free port of loopback, with a password if one is given. It is gone after the test. */
export async function startRegistry(t: TestContext, account?: RegistryAccount): Promise<TestRegistry> {
  const folder = scratch(t);
  writeFileSync(join(folder, 'config.yml'), registryConfig(folder, account));
  const child = spawn('docker-registry', ['serve', join(folder, 'config.yml')], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH ?? '', OTEL_TRACES_EXPORTER: 'none' },
  });
  t.after(() => child.kill('SIGKILL'));
  const requests: string[] = [];
  const host = await new Promise<string>((resolve, reject) => {
    const said: string[] = [];
    const listen = (line: string) => {
      said.push(line);
      if (line.includes('http.request.uri')) requests.push(line);
      const port = /listening on 127\.0\.0\.1:(\d+)/.exec(line)?.[1];
      if (port !== undefined) resolve(`127.0.0.1:${port}`);
    };
    createInterface(child.stderr).on('line', listen);
    createInterface(child.stdout).on('line', listen);
    child.on('exit', () => reject(new Error(said.join('\n'))));
  });
  const credentials = account ? ['--dest-creds', `${account.username}:${account.password}`] : [];
  return {
    host,
    requests,
    push(layout, name) {
      const target = `${host}/${name}`;
      const options = ['--quiet', '--dest-tls-verify=false', ...credentials];
      run('skopeo', '--insecure-policy', 'copy', ...options, `oci:${layout}:it`, `docker://${target}`);
      return target;
    },
    stop: () => void child.kill('SIGKILL'),
  };
}

function registryConfig(folder: string, account: RegistryAccount | undefined): string {
  const lines = [
    'version: 0.1',
    'log: { accesslog: { disabled: true }, level: info }',
    `storage: { filesystem: { rootdirectory: ${join(folder, 'data')} }, delete: { enabled: true } }`,
    'http: { addr: "127.0.0.1:0" }',
  ];
  if (account) {
    const passwords = join(folder, 'htpasswd');
    writeFileSync(passwords, run('htpasswd', '-Bbn', account.username, account.password));
    lines.push(`auth: { htpasswd: { realm: test, path: ${passwords} } }`);
  }
  return `${lines.join('\n')}\n`;
}

/** Runs a program; returns what it printed. */
export function run(program: string, ...words: string[]): string {
  return execFileSync(program, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
