import { RuntimeFault } from '../runtime.ts';
import type { DockerConfig } from './config.ts';
import { type Engine, openEngine } from './engine.ts';
import { isEntryKind } from './entry/entry-program.ts';
import { findSocket } from './find-socket.ts';

/** An engine that containers can be run on, or why there is none, in a sentence. */
export type FoundEngine = { readonly engine: Engine } | { readonly problem: string };

/** Finds the machine's container engine and asks it who it is. */
export async function findEngine(config: DockerConfig): Promise<FoundEngine> {
  const socket = findSocket(config);
  if ('problem' in socket) return socket;
  try {
    const engine = await openEngine(socket.path);
    if (isEntryKind(engine.architecture)) return { engine };
    return { problem: `The executor "docker" knows no ${engine.architecture} processors.` };
  } catch (error) {
    if (error instanceof RuntimeFault) return { problem: error.message };
    throw error;
  }
}

/** What the operator is told of the engine that serves jobs, in one line. */
export function describeEngine({ kind, version, socket, rootless }: Engine): string {
  const name = kind === 'podman' ? 'Podman' : 'Docker';
  return `Jobs run in containers of ${name} ${version}${rootless ? ' (rootless)' : ''} at ${socket}.`;
}
