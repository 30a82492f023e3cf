import { z } from 'zod';
import { isFirstOfItsNamespace } from '../process/process-table.ts';
import type { Usage } from '../runtime.ts';
import { cgroupDiskUsage, cgroupUsage } from '../usage/cgroup-usage.ts';
import { networkUsage } from '../usage/network-usage.ts';
import { countingCgroups, membershipOf } from '../usage/process-cgroups.ts';
import { ProcessSnapshot } from '../usage/process-snapshot.ts';
import type { Engine } from './engine.ts';

/** A container that runs, as its engine told of it. */
export interface RunningProcess {
  /** Of the container. */
  readonly id: string;
  /** Of its process 1, on the engine's machine. */
  readonly pid: number;
}

/**
 * What a container has used. The kernel is asked, of its cgroups and processes, like of a sandbox; where that can't be (the engine has a
 * machine or a namespace of processes of its own, or a network that is hidden from us), the engine, unless it has no cgroup for the
 * container and would tell of another.
 */
export class ContainerUsage {
  readonly #engine: Engine;
  readonly #process: RunningProcess;
  readonly #hasOwnNetwork: boolean;
  /** Its own. None where it has none: without root, all that a person runs may share one of version 1. */
  readonly #cgroups: readonly string[];
  readonly #isSeen: boolean;

  constructor(engine: Engine, process: RunningProcess, hasOwnNetwork: boolean) {
    this.#engine = engine;
    this.#process = process;
    this.#hasOwnNetwork = hasOwnNetwork;
    const membership = membershipOf(process.pid) ?? '';
    // Engines name the cgroup after the container: a process of that number here may be another one.
    const isNamed = membership.includes(process.id);
    this.#cgroups = isNamed ? countingCgroups(membership) : [];
    this.#isSeen = isNamed || (engine.rootless && isFirstOfItsNamespace(process.pid));
  }

  async read(): Promise<Usage | undefined> {
    const own = this.#fromKernel();
    if (own?.cpuSeconds !== undefined && !(this.#hasOwnNetwork && own.receivedBytes === undefined))
      return own;
    const told = this.#engine.hasLimits ? await this.#fromEngine() : undefined;
    return own || told ? { ...told, ...own } : undefined;
  }

  #fromKernel(): Usage | undefined {
    if (!this.#isSeen) return undefined;
    const { pid } = this.#process;
    return {
      ...cgroupDiskUsage(this.#cgroups),
      ...ProcessSnapshot.take().usageOfTree(pid),
      ...cgroupUsage(this.#cgroups),
      ...networkUsage(pid),
    };
  }

  async #fromEngine(): Promise<Usage | undefined> {
    const container = this.#engine.api.getContainer(this.#process.id);
    try {
      return usageOf(await container.stats({ stream: false, 'one-shot': true }));
    } catch {
      return undefined; // It has ended, or the engine is away.
    }
  }
}

const answer = z.object({
  cpu_stats: z.object({ cpu_usage: z.object({ total_usage: z.number() }) }),
  memory_stats: z.object({ usage: z.number().nullish(), stats: z.record(z.string(), z.unknown()).nullish() }),
  networks: z.record(z.string(), z.object({ rx_bytes: z.number(), tx_bytes: z.number() })).nullish(),
  blkio_stats: z
    .object({
      io_service_bytes_recursive: z.array(z.object({ op: z.string(), value: z.number() })).nullish(),
    })
    .nullish(),
});

/** What an engine's answer about a container says (Docker Engine API, "Get container stats"). Undefined when it does not run. */
export function usageOf(stats: unknown): Usage | undefined {
  const { cpu_stats, memory_stats, networks, blkio_stats } = answer.parse(stats);
  const { usage } = memory_stats;
  if (cpu_stats.cpu_usage.total_usage === 0 && !usage) return undefined;
  const idle = memory_stats.stats?.total_inactive_file ?? memory_stats.stats?.inactive_file;
  const io = blkio_stats?.io_service_bytes_recursive;
  const moved = (op: string) =>
    sum(io?.filter((each) => each.op.toLowerCase() === op).map(({ value }) => value));
  return {
    cpuSeconds: cpu_stats.cpu_usage.total_usage / 1e9,
    ...(usage && { memoryBytes: Math.max(0, usage - (typeof idle === 'number' ? idle : 0)) }),
    ...(io && { readBytes: moved('read'), writtenBytes: moved('write') }),
    ...(networks && {
      receivedBytes: sum(Object.values(networks).map(({ rx_bytes }) => rx_bytes)),
      sentBytes: sum(Object.values(networks).map(({ tx_bytes }) => tx_bytes)),
    }),
  };
}

const sum = (values: readonly number[] = []) => values.reduce((total, value) => total + value, 0);
