import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Command } from 'commander';
import type { TrainingApi } from '../client/training-api.ts';
import { addPlaceOptions, apiOf, CommandFailed, examples, type PlaceFlags, reporting } from './command.ts';
import { bytes } from './screen/text.ts';

interface CopyFlags extends PlaceFlags {
  readonly recursive?: boolean;
  readonly json?: boolean;
}

/** What was copied. */
interface Copied {
  readonly files: number;
  readonly bytes: number;
}

type Objects = import('./transfer/place.ts').Place & { kind: 'objects' };

export function addCpCommand(program: Command): void {
  addPlaceOptions(program.command('cp'))
    .description('Copy files and folders to S3 or from it')
    .argument('<source>', 'a path, s3://bucket/key, or job:JOB/model (also /output, /checkpoints)')
    .argument('<destination>', 'a path, or s3://bucket/key; with a / at its end: into it')
    .option('-r, --recursive', "a folder's content, or all objects below a prefix")
    .option('--json', 'one JSON object: how many files and bytes')
    .addHelpText(
      'after',
      examples(
        'trainyard cp train.csv s3://my-bucket/data/',
        'trainyard cp -r ./data s3://my-bucket/data',
        'trainyard cp job:my-job/model .',
        'trainyard cp -r s3://my-bucket/data ./copy',
      ),
    )
    .action(reporting(copy));
}

async function copy(source: string, destination: string, flags: CopyFlags): Promise<void> {
  const { placeOf } = await import('./transfer/place.ts');
  const api = await apiOf(flags);
  // Said at once when there is no server: S3's own client would ask again and again.
  await api.account();
  const from = await placeOf(source, api);
  const to = await placeOf(destination, api);
  if (from.kind === to.kind)
    throw new CommandFailed(
      'one of source and destination must be on S3 (s3://… or job:…), the other a path.',
    );
  const copied =
    from.kind === 'local' && to.kind === 'objects'
      ? await send(api, from.path, to, flags)
      : from.kind === 'objects' && to.kind === 'local'
        ? await bring(api, from, to.path, flags)
        : { files: 0, bytes: 0 };
  if (flags.json) console.log(JSON.stringify(copied));
  else console.log(`${copied.files} ${copied.files === 1 ? 'file' : 'files'}, ${bytes(copied.bytes)}`);
}

async function send(api: TrainingApi, path: string, to: Objects, { recursive }: CopyFlags): Promise<Copied> {
  const [{ filesAt }, { objectsOf }, { upload }] = await Promise.all([
    import('./transfer/local-files.ts'),
    import('./transfer/objects.ts'),
    import('./transfer/transfer.ts'),
  ]);
  const { isFolder, files } = await filesAt(path);
  if (isFolder && !recursive) throw new CommandFailed(`${path} is a folder: copy it with -r.`);
  const { bucket, key } = to.location;
  const isInto = isFolder || key === '' || key.endsWith('/');
  const below = key === '' || key.endsWith('/') ? key : `${key}/`;
  const storage = objectsOf(api);
  try {
    const total = await upload(
      storage,
      files,
      ({ name }) => ({ bucket, key: isInto ? `${below}${name}` : key }),
      { what: `uploading ${basename(path)}` },
    );
    return { files: files.length, bytes: total };
  } finally {
    await storage.close();
  }
}

async function bring(
  api: TrainingApi,
  from: Objects,
  path: string,
  { recursive }: CopyFlags,
): Promise<Copied> {
  const [{ objectsOf }, { download }, { filesBelow, fileOf }] = await Promise.all([
    import('./transfer/objects.ts'),
    import('./transfer/transfer.ts'),
    import('./transfer/wanted-objects.ts'),
  ]);
  const isPrefix = from.location.key === '' || from.location.key.endsWith('/');
  if (isPrefix && !recursive)
    throw new CommandFailed(`${from.uri} is a prefix: copy what is below it with -r.`);
  const storage = objectsOf(api);
  try {
    const wanted = recursive
      ? await filesBelow(storage, from.location, path)
      : [await fileOf(storage, from.location, await fileAt(path, from.location.key))];
    const total = await download(storage, wanted, { what: `downloading ${basename(from.location.key)}` });
    return { files: wanted.length, bytes: total };
  } finally {
    await storage.close();
  }
}

/** Into a folder a file goes by the name that its key ends with. */
async function fileAt(path: string, key: string): Promise<string> {
  const isFolder = path.endsWith('/') || (await stat(path).catch(() => undefined))?.isDirectory();
  return isFolder ? join(path, basename(key)) : path;
}
