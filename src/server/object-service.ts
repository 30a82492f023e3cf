import type { Settings } from '../config/settings.ts';
import type { ObjectService } from '../endpoint/object-service.ts';
import type { EmbeddedStore } from '../objects/embedded/embedded-store.ts';
import { ObjectStorageError } from '../objects/object-storage.ts';
import type { RemoteStorage } from '../objects/remote/remote-storage.ts';
import type { PermissionsOf } from '../services/access/permissions.ts';
import { createS3Relay } from '../services/s3/relay/relay.ts';
import { renderError } from '../services/s3/render-error.ts';
import { createS3Service } from '../services/s3/service.ts';

/** S3 on the server's port: over the embedded store, or, where the objects are elsewhere, a pointer there. */
export function createObjectService(
  settings: Settings,
  store: EmbeddedStore | undefined,
  permissionsOf: PermissionsOf,
): ObjectService {
  const { account, region } = settings;
  if (!store) {
    return {
      renderError,
      handle: async () => {
        throw new ObjectStorageError(
          'NotImplemented',
          `This server keeps no objects: they are in ${storeThere(settings)}.`,
        );
      },
    };
  }
  ensureBucket(store, `sagemaker-${region}-${account}`);
  return createS3Service({ store, account, region, permissionsOf });
}

/** What the page browses: a browser has no key of another S3, so this server asks there for it. */
export const createPageObjects = (settings: Settings, remote: RemoteStorage): ObjectService =>
  createS3Relay({
    connect: () => remote.connect(),
    store: storeThere(settings),
    region: (settings.s3.kind === 's3' && settings.s3.region) || settings.region,
  });

const storeThere = ({ s3 }: Settings): string =>
  s3.kind === 's3' && s3.endpoint ? s3.endpoint : 'Amazon S3';

/** The account's bucket exists from the start, as the SageMaker SDK makes it. */
function ensureBucket(store: EmbeddedStore, bucket: string): void {
  if (!store.listBuckets().some((each) => each.name === bucket)) store.createBucket(bucket);
}
