import { setTimeout as wait } from 'node:timers/promises';
import Dockerode from 'dockerode';
import { z } from 'zod';
import { engineFault, isUnreachable } from './engine-fault.ts';
import { type GpuDriver, gpuDriverOf } from './gpu-driver.ts';

/** A container engine that answers, and what it said of itself. */
export interface Engine {
  readonly api: Dockerode;
  readonly socket: string;
  readonly kind: 'docker' | 'podman';
  readonly version: string;
  /** The kind of processor, as images have it: `amd64`. */
  readonly architecture: string;
  /** Its containers' root is the person who started it. */
  readonly rootless: boolean;
  /** How it gives GPUs to containers. Undefined: it gives none. */
  readonly gpuDriver: GpuDriver | undefined;
  /** Whether it holds containers to limits of memory and processors. */
  readonly hasLimits: boolean;
  readonly cgroupVersion: 'v1' | 'v2';
  readonly cgroupDriver: string;
  readonly cpus: number;
  readonly memoryBytes: number;
}

const versionAnswer = z.object({
  Version: z.string(),
  Arch: z.string(),
  Components: z.array(z.object({ Name: z.string() })).nullish(),
});

const infoAnswer = z.object({
  NCPU: z.number(),
  MemTotal: z.number(),
  CgroupVersion: z.string().nullish(),
  CgroupDriver: z.string().nullish(),
  Rootless: z.boolean().nullish(),
  SecurityOptions: z.array(z.string()).nullish(),
  Runtimes: z.record(z.string(), z.unknown()).nullish(),
  MemoryLimit: z.boolean().nullish(),
  CDISpecDirs: z.array(z.string()).nullish(),
});

/** Asks the engine behind a socket who it is. Rejects with a `RuntimeFault` when it does not answer. */
export async function openEngine(socket: string): Promise<Engine> {
  const api = new Dockerode({ socketPath: socket });
  try {
    const version = versionAnswer.parse(await api.version());
    const info = infoAnswer.parse(await api.info());
    const isPodman = version.Components?.some(({ Name }) => /podman/i.test(Name)) ?? false;
    const kind = isPodman ? 'podman' : 'docker';
    const rootless =
      info.Rootless ?? info.SecurityOptions?.some((option) => /name=rootless/.test(option)) ?? false;
    const cgroupVersion = info.CgroupVersion === '2' ? 'v2' : 'v1';
    return {
      api,
      socket,
      kind,
      version: version.Version,
      architecture: version.Arch,
      rootless,
      // Podman says that it has them also where it leaves them out: only root may set them with version 1.
      hasLimits: (info.MemoryLimit ?? true) && !(rootless && cgroupVersion === 'v1'),
      gpuDriver: gpuDriverOf({
        ...{ kind, version: version.Version, runtimes: Object.keys(info.Runtimes ?? {}) },
        cdiFolders: info.CDISpecDirs ?? undefined,
      }),
      cgroupVersion,
      cgroupDriver: info.CgroupDriver ?? '',
      cpus: info.NCPU,
      memoryBytes: info.MemTotal,
    };
  } catch (error) {
    throw engineFault(`The container engine at ${socket} does not answer`, error);
  }
}

/** How long an engine may be away before what needs it fails, in milliseconds. */
const PATIENCE_MS = 300_000;
const PAUSE_MS = 500;

/** Does something with the engine; while it can't be reached, which is nobody's failure, tries again. */
export async function withEngine<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  for (let waited = 0; ; waited += PAUSE_MS) {
    try {
      return await work();
    } catch (error) {
      if (!isUnreachable(error) || waited >= PATIENCE_MS) throw error;
    }
    await wait(PAUSE_MS, undefined, signal && { signal });
  }
}
