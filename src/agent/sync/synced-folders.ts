import { posix } from 'node:path';
import type { Mount } from '../../executors/runtime.ts';
import { parseS3Uri } from '../../objects/object-storage.ts';
import { localPathOf, plainPath } from '../../training/local-paths.ts';
import type { Instance } from '../hook.ts';
import type { InstancePlan } from '../instance-agent.ts';
import type { InstanceFolder } from '../instance-folder.ts';
import type { Settling } from './sync-options.ts';

/** A folder of the algorithm that is kept in S3 while it runs. */
export interface SyncedFolder {
  readonly name: 'checkpoints' | 'tensorboard';
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

/** Half a checkpoint is worse than none: whoever restores it fails. */
const CHECKPOINTS: Settling = { quiet: 1_000, open: 60_000 };
/** Event files are open and grow for as long as the training takes, and are read as far as they go. */
const EVENTS: Settling = { quiet: 1_000, open: 1_000, growing: 15_000 };

const ML = '/opt/ml/';

/** The synced folders of an instance. */
export function syncedFolders({ plan, folder }: Pick<Instance, 'plan' | 'folder'>): readonly SyncedFolder[] {
  const { request } = plan;
  const checkpoints = localPathOf(request, 'CheckpointConfig');
  const tensorBoard = localPathOf(request, 'TensorBoardOutputConfig');
  const folders: SyncedFolder[] = [];
  if (checkpoints !== undefined && request.CheckpointConfig) {
    folders.push({
      name: 'checkpoints',
      ...placeOf('checkpoints', checkpoints, folder),
      ...prefixOf(request.CheckpointConfig.S3Uri),
      settling: CHECKPOINTS,
    });
  }
  if (tensorBoard !== undefined) {
    folders.push({
      name: 'tensorboard',
      ...placeOf('tensorboard', tensorBoard, folder),
      ...prefixOf(tensorBoardUri(plan)),
      settling: EVENTS,
    });
  }
  return folders;
}

/** The path of a synced folder on this machine. */
export const pathOf = ({ base, names }: SyncedFolder): string => [base, ...names].join('/');

/** Where TensorBoard output goes: the platform appends to what the request says (training contract §3.5). */
export function tensorBoardUri({ request }: InstancePlan): string {
  const base = request.TensorBoardOutputConfig?.S3OutputPath.replace(/\/$/, '') ?? '';
  return `${base}/${request.TrainingJobName}/tensorboard-output`;
}

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
