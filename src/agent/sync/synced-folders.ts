import { posix } from 'node:path';
import type { Mount } from '../../executors/runtime.ts';
import type { CreateTrainingJobRequest } from '../../model/types.generated.ts';
import { parseS3Uri } from '../../objects/object-storage.ts';
import { localPathOf, plainPath } from '../../training/local-paths.ts';
import { hasProfile } from '../../training/profiling.ts';
import type { Instance } from '../hook.ts';
import type { InstanceFolder } from '../instance-folder.ts';
import { SYSTEM_METRICS } from '../profiler/system-metrics-folder.ts';
import { outputUri } from './output-uri.ts';
import type { Settling } from './sync-options.ts';

/** A folder of the algorithm that is kept in S3 while it runs. */
export interface SyncedFolder {
  readonly name: 'checkpoints' | 'tensorboard' | 'tensors' | 'profiler' | 'system-metrics';
  /** Its path as the algorithm knows it. */
  readonly shownAs: string;
  /** Where it is on this machine: names of folders from one that no algorithm can exchange. */
  readonly base: string;
  readonly names: readonly string[];
  /** How the algorithm sees it. Absent: it is in its `/opt/ml`. */
  readonly mount?: Mount;
  readonly bucket: string;
  /** What its keys start with: ends in a slash, or is empty. */
  readonly prefix: string;
  readonly settling: Settling;
}

/** Half a file is worse than none: whoever restores a checkpoint or reads a tensor fails. */
const WHOLE: Settling = { quiet: 1_000, open: 60_000 };
/** Event files are open and grow for as long as the training takes, and are read as far as they go. */
const EVENTS: Settling = { quiet: 1_000, open: 1_000, growing: 15_000 };

const ML = '/opt/ml/';

/** What is written for S3 alone, by the member that asks for it. */
const OUTPUTS = [
  { member: 'TensorBoardOutputConfig', name: 'tensorboard', settling: EVENTS },
  { member: 'DebugHookConfig', name: 'tensors', settling: WHOLE },
  { member: 'ProfilerConfig', name: 'profiler', settling: WHOLE },
] as const;

/** The synced folders of an instance. */
export function syncedFolders({ plan, folder }: Pick<Instance, 'plan' | 'folder'>): readonly SyncedFolder[] {
  const { request } = plan;
  const checkpoints = localPathOf(request, 'CheckpointConfig');
  const folders: SyncedFolder[] = [];
  if (checkpoints !== undefined && request.CheckpointConfig) {
    folders.push({
      name: 'checkpoints',
      ...placeOf('checkpoints', checkpoints, folder),
      ...prefixOf(request.CheckpointConfig.S3Uri),
      settling: WHOLE,
    });
  }
  for (const { member, name, settling } of OUTPUTS) {
    const path = localPathOf(request, member);
    if (path === undefined) continue;
    folders.push({ name, ...placeOf(name, path, folder), ...prefixOf(outputUri(request, member)), settling });
  }
  if (hasProfile(request)) folders.push(systemMetrics(plan.request, folder));
  return folders;
}

/** What the agent itself writes of the machine, out of the algorithm's sight. */
function systemMetrics(request: CreateTrainingJobRequest, folder: InstanceFolder): SyncedFolder {
  return {
    name: 'system-metrics',
    shownAs: 'system metrics',
    base: folder.state,
    names: [SYSTEM_METRICS],
    ...prefixOf(`${outputUri(request, 'ProfilerConfig')}/system/incremental`),
    settling: WHOLE,
  };
}

/** The path of a synced folder on this machine. */
export const pathOf = ({ base, names }: SyncedFolder): string => [base, ...names].join('/');

function placeOf(name: string, localPath: string, folder: InstanceFolder) {
  const shownAs = plainPath(localPath);
  if (shownAs.startsWith(ML)) {
    return { shownAs, base: folder.ml, names: shownAs.slice(ML.length).split('/') };
  }
  const place = { base: folder.state, names: ['synced', name] };
  const mount = { source: posix.join(place.base, ...place.names), target: shownAs, readOnly: false };
  return { shownAs, ...place, mount };
}

/** The URI names a folder: `s3://b/run-1` must not take in what is in `s3://b/run-10`. */
function prefixOf(uri: string): { bucket: string; prefix: string } {
  const { bucket, key } = parseS3Uri(uri);
  return { bucket, prefix: key === '' || key.endsWith('/') ? key : `${key}/` };
}
