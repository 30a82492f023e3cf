import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { HostConfig } from 'dockerode';

/**
 * How an engine gives GPUs to containers: by NVIDIA's runtime, which is told their indexes, or by their names in a description that
 * NVIDIA's tools write (Container Device Interface).
 */
export type GpuDriver = 'nvidia' | 'cdi';

/** What an engine says of itself. */
export interface EngineFacts {
  readonly kind: 'docker' | 'podman';
  readonly version: string;
  readonly runtimes: readonly string[];
  /** Where it looks for descriptions of devices. Absent: it does not say, or does not know what they are. */
  readonly cdiFolders?: readonly string[] | undefined;
}

/** Since this one, Podman hears what Docker's interface says of such devices; before, it makes the container without them. */
const PODMAN_WITH_CDI = [5, 4] as const;
const USUAL_CDI_FOLDERS = ['/etc/cdi', '/var/run/cdi'];
const DESCRIPTIONS = ['nvidia.yaml', 'nvidia.json'];

/** Undefined: it gives none. */
export function gpuDriverOf(
  { kind, version, runtimes, cdiFolders }: EngineFacts,
  isThere: (path: string) => boolean = existsSync,
): GpuDriver | undefined {
  if (kind === 'docker' && runtimes.includes('nvidia')) return 'nvidia';
  const knowing = kind === 'docker' ? (cdiFolders ?? []) : isPodmanWithCdi(version) ? USUAL_CDI_FOLDERS : [];
  const paths = knowing.flatMap((folder) => DESCRIPTIONS.map((name) => join(folder, name)));
  return paths.some(isThere) ? 'cdi' : undefined;
}

/** Why an engine gives no GPUs, and what helps. */
export function gpuProblem({ kind, version }: Pick<EngineFacts, 'kind' | 'version'>): string {
  const describe = 'describe them by "nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml"';
  if (kind === 'docker')
    return `the engine has no NVIDIA runtime: install the NVIDIA Container Toolkit, or ${describe}`;
  if (isPodmanWithCdi(version)) return `Podman knows none: ${describe}`;
  return `Podman ${version} gives none to containers that are made by Docker's interface, as of ${PODMAN_WITH_CDI.join('.')} it does`;
}

/** Only these devices (Docker Engine API, `DeviceRequest`). */
export function gpuRequest(
  driver: GpuDriver | undefined,
  gpus: readonly number[],
): Pick<HostConfig, 'DeviceRequests'> {
  if (gpus.length === 0 || driver === undefined) return {};
  const DeviceIDs = gpus.map((gpu) => (driver === 'cdi' ? `nvidia.com/gpu=${gpu}` : String(gpu)));
  return { DeviceRequests: [{ Driver: driver, DeviceIDs, Capabilities: [['gpu']] }] };
}

/**
 * NVIDIA's runtime, where it is an engine's usual one, gives a container what this variable says, and many an image says "all" by it: so it
 * is set whatever the image and the job say.
 */
export function gpuEnvironment(
  driver: GpuDriver | undefined,
  gpus: readonly number[],
): Readonly<Record<string, string>> {
  if (driver === undefined) return {};
  const isByVariable = driver === 'nvidia' && gpus.length > 0;
  return { NVIDIA_VISIBLE_DEVICES: isByVariable ? gpus.join(',') : 'void' };
}

function isPodmanWithCdi(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  const [wantedMajor, wantedMinor] = PODMAN_WITH_CDI;
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}
