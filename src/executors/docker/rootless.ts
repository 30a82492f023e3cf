import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Engine } from './engine.ts';

/** What Podman, where it is not root, connects containers with. */
const CONNECTORS = ['slirp4netns', 'pasta'];
const TUNNEL = '/dev/net/tun';

/** What jobs have to do without on an engine that is not root's, in a sentence each. */
export function rootlessProblems(
  { kind, rootless, hasLimits }: Pick<Engine, 'kind' | 'rootless' | 'hasLimits'>,
  mayUse: (path: string, mode: number) => boolean = isAllowed,
): readonly string[] {
  const problems: string[] = [];
  if (!hasLimits) {
    const why = rootless
      ? ', which is not root, may set none here (it could with cgroups of version 2)'
      : ' sets none here';
    problems.push(`Instances have no limits of memory and processors: the container engine${why}.`);
  }
  if (rootless && kind === 'podman' && !hasNetworks(mayUse)) {
    problems.push(
      `Jobs of several instances can't run: Podman that is not root needs ${CONNECTORS.join(' or ')} and may have to open ${TUNNEL} for their network.`,
    );
  }
  return problems;
}

function hasNetworks(mayUse: (path: string, mode: number) => boolean): boolean {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const programs = folders.flatMap((folder) => CONNECTORS.map((name) => join(folder, name)));
  return (
    programs.some((path) => mayUse(path, constants.X_OK)) && mayUse(TUNNEL, constants.R_OK | constants.W_OK)
  );
}

function isAllowed(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}
