import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { promisify } from 'node:util';
import type { PrivatePodman } from './podman.fixture.ts';

const run = promisify(execFile);

/** What an image says of itself, in the words of a Dockerfile. */
export type ImageChanges = readonly string[];

const SHELL =
  'bash sh cat chmod chown cp cut date dd df echo env expr false find grep head id ln ls md5sum mkdir mkfifo mv nproc od ps readlink rm rmdir sed seq sha256sum sleep sort stat stty sync tail tar tee test timeout touch tr true truncate tty uname wc xargs'.split(
    ' ',
  );
const PYTHON = ['python3'];
const FILES = ['/etc/passwd', '/etc/group', '/etc/nsswitch.conf', '/etc/ssl', '/usr/lib/ssl'];

/** Makes an image of this machine's own shell and, if asked for, Python. Nothing is fetched from anywhere. */
export async function makeHostImage(
  podman: PrivatePodman,
  name: string,
  { python = false, changes = [] }: { readonly python?: boolean; readonly changes?: ImageChanges } = {},
): Promise<void> {
  const programs = [...SHELL, ...(python ? PYTHON : [])].map((each) => `/usr/bin/${each}`);
  const named = [...programs, ...(await librariesOf(programs))].filter((path) => existsSync(path));
  // Both a file's name and what it is a link to.
  const files = new Set([...named, ...named.map((path) => realpathSync(path))]);
  const paths = [...files, ...FILES, ...(python ? pythonFolders() : [])];
  const options = changes.flatMap((change) => ['--change', change]);
  const tar = spawn(
    'tar',
    [
      ...[
        '--create',
        '--directory=/',
        '--exclude=*/__pycache__',
        '--exclude=*/test',
        '--exclude=*/dist-packages/*',
      ],
      ...['--exclude=etc/ssl/private', '--file=-'],
      ...['bin', 'lib', 'lib64', ...paths.filter((path) => existsSync(path)).map((path) => path.slice(1))],
    ],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const made = spawn('podman', ['import', '--quiet', ...options, '-', name], {
    stdio: [tar.stdout, 'ignore', 'pipe'],
    env: podman.environment,
  });
  let complaint = '';
  made.stderr?.on('data', (text) => {
    complaint += text;
  });
  const [code] = await once(made, 'exit');
  if (code !== 0) throw new Error(`podman import: ${complaint}`);
}

/** The shared libraries of programs, with what they load when they are asked to look up a name. */
async function librariesOf(programs: readonly string[]): Promise<readonly string[]> {
  const extensions = existsSync('/usr/lib/python3')
    ? pythonFolders().flatMap((folder) => {
        const inside = `${folder}/lib-dynload`;
        return existsSync(inside) ? readdirSync(inside).map((name) => `${inside}/${name}`) : [];
      })
    : [];
  const { stdout } = await run('ldd', [...programs, ...extensions], { maxBuffer: 2 ** 24 });
  const found = [...stdout.matchAll(/(?:=> )?(\/\S+) \(0x/g)].map(([, path = '']) => real(path));
  const nss = [...new Set(found.map((path) => path.slice(0, path.lastIndexOf('/'))))].flatMap((folder) =>
    ['libnss_files.so.2', 'libnss_dns.so.2', 'libresolv.so.2'].map((name) => `${folder}/${name}`),
  );
  return [...new Set([...found, ...nss])];
}

/** /lib is a link to /usr/lib on the machines of today. */
const real = (path: string): string => (path.startsWith('/lib') ? `/usr${path}` : path);

function pythonFolders(): readonly string[] {
  return readdirSync('/usr/lib')
    .filter((name) => /^python3(\.\d+)?$/.test(name))
    .map((name) => `/usr/lib/${name}`);
}
