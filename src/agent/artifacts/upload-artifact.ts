import type { ObjectLocation } from '../../objects/object-storage.ts';
import { JobFault } from '../../training/fault.ts';
import type { Hook, Instance } from '../hook.ts';
import { inParallel } from '../in-parallel.ts';
import type { ArtifactSource, Artifacts } from '../instance-agent.ts';
import { ordinaryFolder } from '../instance-folder.ts';
import { withRetries } from '../retry.ts';
import { isTransient, transferFault } from '../storage-faults.ts';
import { artifactLocation, uriOf } from './artifact-location.ts';
import { type FolderTree, readFolderTree, type TreeEntry } from './folder-tree.ts';
import { mergeTrees } from './merge-trees.ts';
import { tarArchive } from './tar-archive.ts';

/** Files up to this size go to S3 many at a time; for larger ones, few at a time are as fast, and bound the memory. */
const SMALL_BYTES = 8 * 1024 * 1024;
const WIDTHS = { small: 8, large: 2 } as const;

/** A folder of the algorithm whose content is taken out of the instance at the end. */
interface ArtifactFolder {
  /** The artifact's name: `model` becomes `model.tar.gz`, or the prefix `model/`. */
  readonly name: keyof Artifacts;
  /** Names of the folders that lead to it from `/opt/ml`. */
  readonly path: readonly string[];
}

const FOLDERS: readonly ArtifactFolder[] = [
  { name: 'model', path: ['model'] },
  { name: 'output', path: ['output', 'data'] },
];

/** Stores what is left on all of a job's instances as its artifacts. */
export const uploadArtifacts = (from: readonly ArtifactSource[]): readonly Hook<Artifacts>[] =>
  FOLDERS.map((folder) => uploadHook(folder, from));

/** What the algorithm left in the folder of an artifact, on this instance. */
export async function leftIn(name: keyof Artifacts, instance: Instance): Promise<FolderTree> {
  const shownAs = shownPath(name);
  const root = await ordinaryFolder(instance.folder.ml, ...pathOf(name));
  if (root) return readFolderTree(root, shownAs);
  const remark = `${shownAs} was not stored: it was removed, or replaced by something that is not a folder`;
  return { entries: [], remarks: [remark], unreadable: 0 };
}

/** Stores a folder as an artifact, unless it is empty (training contract §3). Doing so again replaces what was stored. */
function uploadHook(folder: ArtifactFolder, from: readonly ArtifactSource[]): Hook<Artifacts> {
  return {
    name: `upload ${folder.name}`,
    async run(instance, signal) {
      const tree = await gather(folder.name, from);
      for (const remark of tree.remarks) instance.say(remark);
      const uri =
        instance.plan.request.OutputDataConfig.CompressionType === 'NONE'
          ? await uploadFiles(folder, tree, instance, signal)
          : await uploadArchive(folder, tree, instance, signal);
      return uri === undefined ? {} : { [folder.name]: uri };
    },
  };
}

/** What is in a folder on all instances, as one tree. */
async function gather(name: keyof Artifacts, from: readonly ArtifactSource[]): Promise<FolderTree> {
  const left = await Promise.all(
    from.map(async (source) => ({ host: source.plan.host, tree: await source.leftIn(name) })),
  );
  const [first] = left;
  const tree = first && left.length === 1 ? first.tree : mergeTrees(left);
  if (tree.unreadable > 0 && tree.entries.every(({ kind }) => kind === 'directory')) {
    throw new JobFault('ClientError', `Artifact upload failed: nothing in ${shownPath(name)} can be read`);
  }
  return tree;
}

const pathOf = (name: keyof Artifacts): readonly string[] =>
  FOLDERS.find((each) => each.name === name)?.path ?? [];

const shownPath = (name: keyof Artifacts): string => ['/opt/ml', ...pathOf(name)].join('/');

async function uploadArchive(
  { name }: ArtifactFolder,
  { entries }: FolderTree,
  instance: Instance,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (entries.length === 0) return undefined;
  const target = artifactLocation(instance.plan, `${name}.tar.gz`);
  await store(
    target,
    () => tarArchive(entries, (line) => instance.say(`${name}.tar.gz: ${line}`)),
    instance,
    signal,
  );
  return uriOf(target);
}

/** `CompressionType` NONE: a file is an object of its own, and what S3 has no notion of is left out (training contract §3.2). */
async function uploadFiles(
  { name }: ArtifactFolder,
  { entries }: FolderTree,
  instance: Instance,
  signal: AbortSignal,
): Promise<string | undefined> {
  for (const link of entries.filter(({ kind }) => kind === 'symlink')) {
    instance.say(`${name}/${link.name} was left out: it is a link, and S3 has none`);
  }
  for (const folder of entries.filter(isBare)) {
    instance.say(`${name}/${folder.name} was left out: it is a folder without files, and S3 has none`);
  }
  const files = entries.filter(({ kind }) => kind === 'file');
  if (files.length === 0) return undefined;
  const upload = (file: TreeEntry, _index: number, stop: AbortSignal) => {
    const target = artifactLocation(instance.plan, `${name}/${file.name}`);
    const body = () => file.read((change) => instance.say(`${name}/${file.name} ${change}`));
    return store(target, body, instance, stop);
  };
  const isSmall = ({ stats }: TreeEntry) => stats.size <= SMALL_BYTES;
  await inParallel(files.filter(isSmall), WIDTHS.small, signal, upload);
  await inParallel(
    files.filter((file) => !isSmall(file)),
    WIDTHS.large,
    signal,
    upload,
  );
  return uriOf(artifactLocation(instance.plan, `${name}/`));
}

/** A folder that nothing follows which it holds. */
const isBare = ({ kind, name }: TreeEntry, at: number, entries: readonly TreeEntry[]): boolean =>
  kind === 'directory' && !entries[at + 1]?.name.startsWith(`${name}/`);

/** Stores one object, made anew for each try. */
async function store(
  target: ObjectLocation,
  body: () => AsyncGenerator<Uint8Array>,
  { plan, environment }: Instance,
  signal: AbortSignal,
): Promise<void> {
  const kmsKeyId = plan.request.OutputDataConfig.KmsKeyId;
  const options = {
    signal,
    sole: true,
    onLeftover: (complaint: string) => environment.log(`${plan.jobName}: ${uriOf(target)}: ${complaint}`),
    ...(kmsKeyId && { kmsKeyId }),
  };
  try {
    await withRetries(() => environment.storage.upload(target, body(), options), {
      clock: environment.clock,
      signal,
      mayRetry: isTransient,
      onRetry: (error, delay) =>
        environment.log(`${plan.jobName}: upload to ${uriOf(target)}: ${error}; trying again in ${delay} ms`),
    });
  } catch (error) {
    signal.throwIfAborted();
    throw transferFault(`Artifact upload failed: ${uriOf(target)}`, error);
  }
}
