import { spawn } from 'node:child_process';
import { basename } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { findProgram } from '../find-program.ts';
import { withOwnFiles } from '../inherited-files.ts';
import { argumentsOf, processes, runningProcess } from '../process-table.ts';
import { namespacePath, shellWithin } from './ip-command.ts';
import { asksLoopback } from './resolvers.ts';

const PASTA = 'pasta';
/**
 * The interface by which an instance reaches everything but the other hosts. It has no address of its own, so that NCCL and MPI, which try
 * every address that they find, do not take it for a way to the other hosts.
 */
export const UPLINK = 'uplink';
const GATEWAY = '169.254.77.1';

/** Asked at this address inside, the machine's own resolver answers. For machines whose resolver listens on loopback. */
export const RESOLVER_ADDRESS = '169.254.77.53';

/** Without a route to anywhere pasta must be told what to look like; it looks at nothing else of the interface. */
const OFFLINE = ['--ipv4-only', '--interface', 'lo', '--mac-addr', '02:00:00:00:00:01'];

/** pasta would offer an address of IPv6, and the interface is to have none. */
const WITHOUT_IPV6 = `f=/proc/sys/net/ipv6/conf/${UPLINK}/disable_ipv6; [ ! -w $f ] || echo 1 > $f`;

export interface Forward {
  readonly inside: number;
  readonly outside: number;
}

export interface Uplink {
  /** The instance's address, as the other hosts have it. */
  readonly address: string;
  /** Ports of the instance's loopback, and those of this machine's that are found there. */
  readonly ports: readonly Forward[];
  /** Whether the machine's ways out are the instance's too. */
  readonly wayOut: boolean;
}

/**
 * Gives a namespace its uplink: pasta speaks for the instance with sockets of this machine, so it reaches what the
 * machine reaches, with no address, route or filter rule of the machine changed; the machine's loopback, but for the ports named, is out of
 * reach. It outlives the server, as the instance does. Rejects with pasta's complaint.
 */
export async function openUplink(namespace: string, uplink: Uplink): Promise<void> {
  try {
    await pasta(namespace, uplink, []);
  } catch {
    await pasta(namespace, uplink, OFFLINE);
  }
  if (!uplink.wayOut) return; // Nothing leads to the interface: only the ports are there.
  await shellWithin(namespace, WITHOUT_IPV6, [
    `link set ${UPLINK} up`,
    `route add default via ${GATEWAY} dev ${UPLINK} onlink`,
  ]);
}

/** The process of an uplink. */
export interface RunningUplink {
  readonly pid: number;
  /** The path of its namespace. */
  readonly namespace: string;
  /** As `forwards` words them. */
  readonly forwards: string;
}

export function runningUplinks(): readonly RunningUplink[] {
  return processes().flatMap((pid) => {
    const [program = '', ...options] = argumentsOf(pid);
    if (basename(program) !== PASTA) return [];
    const after = (option: string) => options[options.indexOf(option) + 1] ?? '';
    return [{ pid, namespace: after('--netns'), forwards: after('--tcp-ns') }];
  });
}

/**
 * Ends the uplinks of namespaces that are to be removed. pasta would see that by itself, but not always: of removals in quick succession
 * it may notice another one's only.
 */
export function endUplinks(namespaces: readonly string[]): void {
  const paths = new Set(namespaces.map(namespacePath));
  for (const { pid, namespace } of runningUplinks()) if (paths.has(namespace)) kill(pid);
}

/** Ends an uplink in whose place another one is to be. Resolves when its interface is gone. */
export async function endUplink({ pid }: RunningUplink): Promise<void> {
  kill(pid);
  while (runningProcess(pid)) await delay(5);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

/** As pasta is told of them, and tells in its arguments. */
export function forwards(ports: readonly Forward[]): string {
  if (ports.length === 0) return 'none';
  return ports.map(({ inside, outside }) => (inside === outside ? inside : `${inside}:${outside}`)).join(',');
}

async function pasta(namespace: string, { address, ports }: Uplink, more: readonly string[]): Promise<void> {
  const path = findProgram(PASTA);
  if (path === undefined) throw new Error('pasta is not installed');
  const options = [
    ...['--quiet', '--ns-ifname', UPLINK, ...more],
    // Otherwise it becomes "nobody", who may not enter a namespace of root's.
    ...['--runas', '0', '--netns', namespacePath(namespace)],
    ...['--address', address, '--netmask', '32', '--gateway', GATEWAY, '--no-map-gw'],
    // Only then: answers of the machine's resolver seem to come from that address, whoever it was asked at.
    ...(asksLoopback() ? ['--dns-forward', RESOLVER_ADDRESS] : []),
    ...['--tcp-ports', 'none', '--udp-ports', 'none', '--udp-ns', 'none'],
    ...['--tcp-ns', forwards(ports)],
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
