import type { TrainingApi } from '../../client/training-api.ts';
import { RemoteStorage } from '../../objects/remote/remote-storage.ts';

/** The objects that a server's jobs read and write, by the S3 that its clients use. To be closed. */
export function objectsOf(api: TrainingApi): RemoteStorage {
  const { url, objectsUrl, region, accessKeyId, secretAccessKey, sessionToken } = api.connection;
  return new RemoteStorage({
    endpoint: objectsUrl ?? url,
    region,
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) },
    pathStyle: true,
  });
}
