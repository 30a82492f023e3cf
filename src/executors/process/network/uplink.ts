import { spawn } from 'node:child_process';
import { basename } from 'node:path';
import { text } from 'node:stream/consumers';
import { findProgram } from '../find-program.ts';
import { withOwnFiles } from '../inherited-files.ts';
import { argumentsOf, processes } from '../process-table.ts';
import { askIp, namespacePath } from './ip-command.ts';
import { subnetOf } from './subnet.ts';

const PASTA = 'pasta';
/** The interface by which an instance reaches everything but the other hosts. */
const UPLINK = 'uplink';
const ADDRESS = '169.254.77.2';
const GATEWAY = '169.254.77.1';
const BITS = 30;

/** What is behind an uplink must not have the address of a job's host. */
export const UPLINK_SUBNET = subnetOf(`${GATEWAY}/${BITS}`);

/** Asked at this address inside, the machine's own resolver answers. For machines whose resolver listens on loopback. */
export const RESOLVER_ADDRESS = '169.254.77.53';

/** Without a route to anywhere pasta must be told what to look like; it looks at nothing else of the interface. */
const OFFLINE = ['--ipv4-only', '--interface', 'lo', '--mac-addr', '02:00:00:00:00:01'];

export interface Uplink {
  /** Ports of this machine's loopback that are found at the instance's own. */
  readonly ports: readonly number[];
  /** Whether the machine's ways out are the instance's too. */
  readonly wayOut: boolean;
}

/**
 * Gives a namespace an uplink, if it has none: pasta speaks for the instance with sockets of this machine, so it reaches what the
 * machine reaches, with no address, route or filter rule of the machine changed; the machine's loopback, but for the ports named, is out of
 * reach. It outlives the server, as the instance does. Rejects with pasta's complaint.
 */
export async function openUplink(namespace: string, uplink: Uplink): Promise<void> {
  if (await hasUplink(namespace)) return;
  try {
    await pasta(namespace, uplink, []);
  } catch {
    await pasta(namespace, uplink, OFFLINE);
  }
}

/**
 * Ends the uplinks of namespaces that are to be removed. pasta would see that by itself, but not always: of removals in quick succession
 * it may notice another one's only.
 */
export function endUplinks(namespaces: readonly string[]): void {
  const paths = new Set(namespaces.map(namespacePath));
  for (const pid of processes()) {
    const [program = '', ...options] = argumentsOf(pid);
    if (basename(program) !== PASTA || !options.some((option) => paths.has(option))) continue;
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
}

async function hasUplink(namespace: string): Promise<boolean> {
  const links = await askIp('-n', namespace, 'link', 'show');
  return Array.isArray(links) && links.some(({ ifname }) => ifname === UPLINK);
}

async function pasta(namespace: string, { ports, wayOut }: Uplink, more: readonly string[]): Promise<void> {
  const path = findProgram(PASTA);
  if (path === undefined) throw new Error('pasta is not installed');
  const options = [
    ...['--quiet', '--ns-ifname', UPLINK, ...more],
    // Otherwise it becomes "nobody", who may not enter a namespace of root's.
    ...['--runas', '0', '--netns', namespacePath(namespace)],
    ...['--address', ADDRESS, '--netmask', String(BITS), '--gateway', GATEWAY, '--no-map-gw'],
    ...['--tcp-ports', 'none', '--udp-ports', 'none', '--udp-ns', 'none'],
    ...['--tcp-ns', ports.length > 0 ? ports.join(',') : 'none'],
    // Without it the interface has neither address nor route: only the ports are there.
    ...(wayOut ? ['--config-net', '--dns-forward', RESOLVER_ADDRESS] : []),
  ];
  await daemon(path, options);
}

/** Starts a program that goes to the background when it is ready. */
async function daemon(path: string, options: readonly string[]): Promise<void> {
  const child = withOwnFiles(
    () => ['ignore', 'ignore', 'pipe'],
    (stdio) => spawn(path, options, { env: {}, cwd: '/', detached: true, stdio }),
  );
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', resolve);
  });
  const [code, said] = await Promise.all([ended, child.stderr ? text(child.stderr) : '']);
  if (code !== 0) throw new Error(`${PASTA}: ${complaintOf(said) ?? `ended with ${code ?? 'a signal'}`}`);
}

/** Where no system log runs, pasta complains of that with every line. */
function complaintOf(said: string): string | undefined {
  const lines = said.split('\n').filter((line) => line !== '' && !line.includes('syslog'));
  return lines.at(-1);
}
