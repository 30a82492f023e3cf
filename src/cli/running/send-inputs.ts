import { tarArchive } from '../../agent/artifacts/tar-archive.ts';
import type { TrainingApi } from '../../client/training-api.ts';
import { type ObjectStorage, parseS3Uri } from '../../objects/object-storage.ts';
import { LiveLine } from '../screen/live-line.ts';
import { bytes } from '../screen/text.ts';
import { filesAt } from '../transfer/local-files.ts';
import { objectsOf } from '../transfer/objects.ts';
import { upload } from '../transfer/transfer.ts';
import { CODE_ARCHIVE } from './run-entrypoint.ts';
import { channelUri, codeUri, isRemote, type RunFlags, type RunPlaces } from './run-request.ts';
import { sourceOf, sourceSize } from './source-folder.ts';

/** Stores the working folder's code and the data of channels that are on this machine. What can't be read is told before anything is sent. */
export async function sendInputs(
  api: TrainingApi,
  job: string,
  { channel }: RunFlags,
  places: RunPlaces,
  signal: AbortSignal,
): Promise<void> {
  const local = channel.filter(([, source]) => !isRemote(source));
  const data = await Promise.all(
    local.map(async ([name, source]) => ({ name, files: (await filesAt(source)).files })),
  );
  const storage = objectsOf(api);
  try {
    await sendCode(storage, codeUri(job, places), signal);
    for (const { name, files } of data) {
      const { bucket, key } = parseS3Uri(channelUri(job, name, places));
      const sent = await upload(storage, files, (file) => ({ bucket, key: `${key}${file.name}` }), {
        what: `uploading ${name}`,
        signal,
      });
      console.error(`trainyard: channel ${name}: ${counted(files.length)}, ${bytes(sent)}`);
    }
  } finally {
    await storage.close();
  }
}

/** An archive, so that modes and links are what they were. How large it gets is known when it is made. */
async function sendCode(storage: ObjectStorage, uri: string, signal: AbortSignal): Promise<void> {
  const entries = await sourceOf(process.cwd());
  const { bucket, key } = parseS3Uri(uri);
  const line = new LiveLine(process.stderr);
  let sent = 0;
  async function* shown(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of body) {
      yield chunk;
      sent += chunk.length;
      line.show(`uploading the code  ${bytes(sent)}`);
    }
  }
  try {
    const archive = tarArchive(entries, (change) => console.error(`trainyard: ${change}`));
    await storage.upload({ bucket, key: `${key}${CODE_ARCHIVE}` }, shown(archive), { signal });
  } finally {
    line.remove();
  }
  console.error(`trainyard: code: ${counted(entries.length)}, ${bytes(sourceSize(entries))}`);
}

const counted = (files: number): string => `${files} ${files === 1 ? 'file' : 'files'}`;
