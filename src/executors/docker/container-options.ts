import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ContainerCreateOptions, HostConfig, MountSettings } from 'dockerode';
import type { Algorithm } from '../runtime.ts';
import type { DockerConfig } from './config.ts';
import { type ContainerFolder, type ContainerRecord, containerFolder } from './container-folder.ts';
import type { Engine } from './engine.ts';
import type { LocalImage } from './engine-images.ts';
import { CLAIM, ENTRY, OUTPUT, SESSIONS } from './entry/entry-program.ts';
import { gpuEnvironment, gpuRequest } from './gpu-driver.ts';
import { cgroupParent } from './instance-cgroup.ts';
import { LABELS } from './labels.ts';

/** What one container is made with. */
export interface ContainerPlan {
  readonly engine: Engine;
  readonly config: DockerConfig;
  readonly algorithm: Algorithm;
  readonly image: LocalImage;
  readonly record: ContainerRecord;
  /** Names the data directory. */
  readonly owner: string;
  /** The umask that the algorithm runs with; undefined: the engine's. */
  readonly umask?: string | undefined;
}

/** What the engine is asked to make. */
export function containerOptions(plan: ContainerPlan): ContainerCreateOptions {
  const { algorithm, image, record, owner } = plan;
  return {
    name: record.name,
    Image: image.id,
    // By its exact bytes: a tag may have moved since.
    Entrypoint: [ENTRY, 'run', plan.umask ?? '-'],
    Cmd: [...commandOf(image, algorithm)],
    Env: Object.entries({
      ...algorithm.environment,
      ...gpuEnvironment(plan.engine.gpuDriver, algorithm.gpus),
    }).map(([name, value]) => `${name}=${value}`),
    Hostname: algorithm.hostname,
    // Nobody reads the engine's own copy of the output.
    AttachStdin: false,
    AttachStdout: false,
    AttachStderr: false,
    OpenStdin: false,
    Tty: false,
    Labels: {
      [LABELS.owner]: owner,
      [LABELS.home]: algorithm.home,
      [LABELS.token]: record.token,
      [LABELS.instance]: algorithm.id,
      ...(algorithm.environment.TRAINING_JOB_NAME !== undefined && {
        [LABELS.job]: algorithm.environment.TRAINING_JOB_NAME,
      }),
    },
    HostConfig: hostConfig(plan),
    ...addressIn(algorithm),
  };
}

/** The instance's own address in the network of its job, which all its hosts know it by. */
function addressIn({
  network,
  hostname,
  hosts,
}: Algorithm): Pick<ContainerCreateOptions, 'NetworkingConfig'> {
  const address = hosts.find(({ name }) => name === hostname)?.address;
  if (network === undefined || address === undefined) return {};
  return { NetworkingConfig: { EndpointsConfig: { [network]: { IPAMConfig: { IPv4Address: address } } } } };
}

/** The network that a container is connected to, as the engine names it. */
export function networkModeOf({ network, networkIsolation }: Algorithm, config: DockerConfig): string {
  return network ?? (networkIsolation ? 'none' : config.network);
}

/** Where the network is not the machine's, the machine has a name in it. Podman gives it one by itself: host.containers.internal. */
function extraHosts({ algorithm, config, engine }: ContainerPlan): string[] {
  const mode = networkModeOf(algorithm, config);
  const machine =
    mode === 'host' || algorithm.networkIsolation || engine.kind === 'podman'
      ? []
      : ['host.docker.internal:host-gateway'];
  return [...algorithm.hosts.map(({ name, address }) => `${name}:${address}`), ...machine];
}

/**
 * What is run, exec-form (training contract §1.1): `train`, unless an entrypoint or arguments are given. The first program of the
 * container becomes it.
 */
export function commandOf(
  image: Pick<LocalImage, 'entrypoint'>,
  { entrypoint, arguments: given = [] }: Pick<Algorithm, 'entrypoint' | 'arguments'>,
): readonly string[] {
  if (entrypoint?.length) return [...entrypoint, ...given];
  return [...image.entrypoint, ...(given.length ? given : ['train'])];
}

function hostConfig(plan: ContainerPlan): HostConfig {
  const { engine, config, algorithm } = plan;
  const memory =
    algorithm.memoryBytes === undefined ? undefined : Math.min(algorithm.memoryBytes, engine.memoryBytes);
  return {
    Mounts: mountsOf(algorithm),
    NetworkMode: networkModeOf(algorithm, config),
    ExtraHosts: extraHosts(plan),
    RestartPolicy: { Name: 'no' },
    LogConfig: { Type: 'none', Config: {} },
    // The folders of an instance are its own: no other container needs labels of them.
    SecurityOpt: ['label=disable'],
    ShmSize: config.sharedMemoryMB
      ? config.sharedMemoryMB * 2 ** 20
      : Math.floor((memory ?? engine.memoryBytes) / 2),
    Ulimits: Object.entries(config.ulimits).map(([Name, { soft: Soft, hard: Hard }]) => ({
      Name,
      Soft,
      Hard,
    })),
    ...(algorithm.cpus !== undefined && { NanoCpus: Math.min(algorithm.cpus, engine.cpus) * 1e9 }),
    // Memory and swap together: what does not fit is not swapped out but refused.
    ...(memory !== undefined && { Memory: memory, MemorySwap: memory }),
    ...cgroupParent(engine, plan.record.name),
    ...gpuRequest(engine.gpuDriver, algorithm.gpus),
  };
}

/**
 * Each folder in `/opt/ml` is mounted by itself, so that what the image has beside them stays in sight: many bring `/opt/ml/code`
 * (training contract §1.1).
 */
function mountsOf({ home, mlRoot, mounts = [], output }: Algorithm): MountSettings[] {
  const own: ContainerFolder = containerFolder(home);
  return [
    ...readdirSync(mlRoot).map((name) => bind(join(mlRoot, name), `/opt/ml/${name}`)),
    ...mounts.map(({ source, target, readOnly }) => bind(source, target, readOnly)),
    bind(own.entry, ENTRY, true),
    bind(own.claim, CLAIM),
    bind(own.sessions, SESSIONS, true),
    bind(output, OUTPUT),
  ];
}

function bind(source: string, target: string, readOnly = false): MountSettings {
  return { Type: 'bind', Source: source, Target: target, ReadOnly: readOnly };
}
