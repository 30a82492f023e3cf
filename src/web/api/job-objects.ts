import { type ObjectStorage, ObjectStorageError, parseS3Uri } from '../../objects/object-storage.ts';
import { artifactUri, modelUri } from '../../training/artifact-uri.ts';
import { jobOf, type PageCall, type PageContext } from '../page-context.ts';

/** More are told by there being more. */
const MOST_OBJECTS = 500;

/** The objects of one place that a job writes to, in key order. */
export interface JobPlace {
  readonly what: 'model' | 'output' | 'checkpoints' | 'tensorboard';
  readonly uri: string;
  readonly bucket: string;
  readonly objects: readonly {
    readonly key: string;
    /** Bytes. */
    readonly size: number;
    /** Epoch milliseconds. */
    readonly modifiedAt: number;
  }[];
  readonly hasMore: boolean;
  /** Why the store can't say. */
  readonly problem?: string;
}

/** What the job's artifacts, checkpoints and TensorBoard files are, as the store has them now. */
export async function jobObjects(context: PageContext, call: PageCall): Promise<JobPlace[]> {
  const { job } = jobOf(context, call);
  const { request, artifacts } = job;
  const places: [JobPlace['what'], string | undefined][] = [
    ['model', artifacts?.model ?? modelUri(request)],
    ['output', artifacts?.output ?? artifactUri(request, 'output')],
    ['checkpoints', folder(request.CheckpointConfig?.S3Uri)],
    ['tensorboard', folder(request.TensorBoardOutputConfig?.S3OutputPath)],
  ];
  return Promise.all(
    places.flatMap(([what, uri]) => (uri === undefined ? [] : [placeOf(context.storage, what, uri)])),
  );
}

/** `run-1` is not `run-10`. */
const folder = (uri: string | undefined): string | undefined => uri && `${uri.replace(/\/+$/, '')}/`;

async function placeOf(storage: ObjectStorage, what: JobPlace['what'], uri: string): Promise<JobPlace> {
  const { bucket, key } = parseS3Uri(uri);
  const objects: JobPlace['objects'][number][] = [];
  const place = { what, uri, bucket, objects };
  try {
    for await (const each of storage.list(bucket, key, { limit: MOST_OBJECTS + 1 })) {
      if (objects.length === MOST_OBJECTS) return { ...place, hasMore: true };
      objects.push({ key: each.key, size: each.size, modifiedAt: each.lastModified.getTime() });
    }
    return { ...place, hasMore: false };
  } catch (error) {
    if (!(error instanceof ObjectStorageError)) throw error;
    return { ...place, hasMore: false, problem: error.message };
  }
}
