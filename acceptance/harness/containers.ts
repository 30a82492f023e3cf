import { setTimeout as delay } from 'node:timers/promises';
import { makeHostImage } from '../../src/executors/docker/testing/host-image.fixture.ts';
import { PrivatePodman, podmanProblem } from '../../src/executors/docker/testing/podman.fixture.ts';
import { Unavailable } from './python.ts';

/** The image that the suites' jobs name: of the executor `process` it is the machine itself, here it is made of its files. */
const IMAGE = 'docker.io/trainyard/host:latest';

/** How long the last instances may take to be given back after their jobs have ended. */
const RELEASED_WITHIN_MS = 30_000;

/**
 * Does something with a container engine of our own, which holds the image of the suites. Gives the settings of a server that uses
 * it. Rejects with `Unavailable` where there can be none.
 */
export async function withContainers<T>(
  work: (settings: object, podman: PrivatePodman) => Promise<T>,
): Promise<T> {
  const problem = podmanProblem();
  if (problem !== undefined) throw new Unavailable(problem);
  const podman = await PrivatePodman.start();
  try {
    await makeHostImage(podman, IMAGE, { python: true });
    const docker = { socket: podman.socket, maxInstances: 4, serverName: 'host.containers.internal' };
    // The image was made here: no registry knows it.
    const images = { pull: 'never' };
    // Instances in a network of their own do not find what listens on loopback.
    const host = '0.0.0.0';
    return await work({ host, executor: 'docker', executors: { docker }, images }, podman);
  } finally {
    await podman.remove();
  }
}

/** What is left of jobs that have all ended, once their instances had the time to be given back. */
export async function containersLeft(podman: PrivatePodman): Promise<string> {
  const deadline = Date.now() + RELEASED_WITHIN_MS;
  for (;;) {
    const left = await podman.command('ps', '--all', '--format', '{{.Names}} {{.Status}}');
    if (left === '' || Date.now() > deadline) return left;
    await delay(200);
  }
}
