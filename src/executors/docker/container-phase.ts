import { uptime } from 'node:os';
import type { ContainerInspectInfo } from 'dockerode';
import { bootId } from '../process/process-table.ts';
import { type ContainerFolder, type ContainerRecord, isClaimed } from './container-folder.ts';
import type { RunningProcess } from './container-usage.ts';
import type { Engine } from './engine.ts';
import { isNotFound } from './engine-fault.ts';
import { LABELS } from './labels.ts';

/** How far the start of a container has come, from what the engine and the instance's folder say. */
export type ContainerPhase =
  /** There is no container, and its algorithm has never run. */
  | { readonly kind: 'absent' }
  /** There is one of that name which another start left behind. */
  | { readonly kind: 'taken' }
  /** It is made and was not started, or is about to be. */
  | { readonly kind: 'made' }
  | ({ readonly kind: 'running' } & RunningProcess)
  /** The algorithm never began. */
  | { readonly kind: 'failed'; readonly detail: string }
  | { readonly kind: 'exited'; readonly code: number; readonly outOfMemory: boolean }
  | { readonly kind: 'vanished'; readonly detail: string };

export interface StartedContainer {
  readonly folder: ContainerFolder;
  readonly record: ContainerRecord;
}

const RUNNING = new Set(['running', 'paused', 'restarting', 'stopping', 'removing']);
const ENDED = new Set(['exited', 'dead', 'stopped']);

/** Asks the engine; rejects when it can't be reached. */
export async function phaseOf(engine: Engine, { folder, record }: StartedContainer): Promise<ContainerPhase> {
  const container = await inspect(engine, record.name);
  // Asked after the engine: a claim is never taken back, so that this errs on the side of having begun.
  const claimed = isClaimed(folder);
  if (!container || container.Config.Labels[LABELS.token] !== record.token) {
    if (claimed) return { kind: 'vanished', detail: 'its container was removed' };
    return { kind: container ? 'taken' : 'absent' };
  }
  const { State: state } = container;
  if (RUNNING.has(state.Status)) return { kind: 'running', id: container.Id, pid: state.Pid };
  if (!claimed) return notBegun(state);
  if (record.bootId !== bootId() && !endedBefore(state)) {
    return { kind: 'vanished', detail: 'the machine restarted' };
  }
  // Between the algorithm's first moment and the engine's note of it.
  if (!ENDED.has(state.Status)) return { kind: 'running', id: container.Id, pid: 0 };
  return { kind: 'exited', code: state.ExitCode, outOfMemory: state.OOMKilled };
}

async function inspect({ api }: Engine, name: string): Promise<ContainerInspectInfo | undefined> {
  try {
    return await api.getContainer(name).inspect();
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

function notBegun(state: ContainerInspectInfo['State']): ContainerPhase {
  if (!ENDED.has(state.Status)) return { kind: 'made' };
  return {
    kind: 'failed',
    detail: state.Error || `its container ended with ${state.ExitCode} before it began`,
  };
}

/** Whether it had ended when the machine started anew: what the restart ended has the time of the restart at the earliest. */
function endedBefore({ Status, FinishedAt }: ContainerInspectInfo['State']): boolean {
  const machineStart = Date.now() - uptime() * 1000;
  return ENDED.has(Status) && Date.parse(FinishedAt) < machineStart;
}
