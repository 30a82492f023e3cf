import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { DockerConfig } from './config.ts';

/** Where the engine's socket is, or why there is none, in a sentence. */
export type FoundSocket = { readonly path: string } | { readonly problem: string };

/**
 * The engine's socket: the configured one, the one that `DOCKER_HOST` names, or the first of the usual ones that is there.
 * Only sockets of this machine: containers are shown folders of it.
 */
export function findSocket(
  { socket }: Pick<DockerConfig, 'socket'>,
  environment: NodeJS.ProcessEnv = process.env,
  isThere: (path: string) => boolean = isSocket,
): FoundSocket {
  if (socket !== undefined) return given(socket, 'executors.docker.socket', isThere);
  const { DOCKER_HOST: host } = environment;
  if (host !== undefined && host !== '') {
    if (host.startsWith('unix://')) return given(host.slice('unix://'.length), 'DOCKER_HOST', isThere);
    return {
      problem: `DOCKER_HOST is ${host}: only an engine of this machine (unix://) can show folders of it to containers.`,
    };
  }
  const usual = usualSockets(environment);
  const path = usual.find(isThere);
  if (path !== undefined) return { path };
  return {
    problem:
      `There is no container engine here: no socket at ${usual.join(', ')}. ` +
      'Start Docker or "podman system service --time=0", or say where it is by executors.docker.socket.',
  };
}

function given(path: string, by: string, isThere: (path: string) => boolean): FoundSocket {
  return isThere(path) ? { path } : { problem: `There is no socket at ${path}, which ${by} names.` };
}

/** A person's own engine goes before the machine's. */
function usualSockets({ XDG_RUNTIME_DIR: runtime }: NodeJS.ProcessEnv): readonly string[] {
  return [
    ...(runtime ? [join(runtime, 'docker.sock')] : []),
    '/var/run/docker.sock',
    ...(runtime ? [join(runtime, 'podman/podman.sock')] : []),
    '/run/podman/podman.sock',
  ];
}

function isSocket(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isSocket() ?? false;
}
