import { findProgram } from '../find-program.ts';
import { addNamespaces, joinNamespaces, removeNamespaces } from './job-namespaces.ts';
import { networkNames } from './network-names.ts';
import { hostAddress, subnetOf } from './subnet.ts';
import { openUplink } from './uplink.ts';

/** What this machine can do to give instances networks of their own. Each is true, or why not in a few words. */
export interface NetworkAbilities {
  /** Network namespaces that a job's instances reach each other in. */
  readonly namespaces: true | string;
  /** A way out of them, to this server and to what the machine reaches. */
  readonly uplink: true | string;
}

/** Nobody is to be reached in it. */
const SUBNET = subnetOf('198.18.0.0/20');
/** Jobs are numbered from 1. */
const NO_JOB = 0;

/** Finds out by making a network, which is gone when this resolves. */
export async function networkAbilities(prefix: string): Promise<NetworkAbilities> {
  const obstacle = namespaceObstacle();
  if (obstacle !== undefined) return { namespaces: obstacle, uplink: obstacle };
  const names = networkNames(prefix, { jobId: NO_JOB, attempt: process.pid });
  const host = 'algo-1';
  try {
    const namespaces = await tried(async () => {
      await addNamespaces(names, [host]);
      await joinNamespaces(names, [host], SUBNET);
    });
    if (namespaces !== true) return { namespaces, uplink: namespaces };
    return { namespaces, uplink: await triedUplink(names.instance(host)) };
  } finally {
    await removeNamespaces([names.hub, names.instance(host)]).catch(() => undefined); // The next server will.
  }
}

function namespaceObstacle(): string | undefined {
  if (process.getuid?.() !== 0) return 'only root can make network namespaces that outlive the server';
  if (findProgram('ip') === undefined) return 'ip is not installed: apt-get install iproute2';
  if (findProgram('nsenter') === undefined) return 'nsenter is not installed: apt-get install util-linux';
  return undefined;
}

async function triedUplink(namespace: string): Promise<true | string> {
  if (findProgram('pasta') === undefined) return 'pasta is not installed: apt-get install passt';
  return tried(() => openUplink(namespace, { address: hostAddress(SUBNET, 1), ports: [], wayOut: true }));
}

async function tried(attempt: () => Promise<void>): Promise<true | string> {
  try {
    await attempt();
    return true;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
