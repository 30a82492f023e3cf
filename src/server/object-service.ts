import type { Settings } from '../config/settings.ts';
import type { ObjectService } from '../endpoint/object-service.ts';
import type { EmbeddedStore } from '../objects/embedded/embedded-store.ts';
import { ObjectStorageError } from '../objects/object-storage.ts';
import type { PermissionsOf } from '../services/access/permissions.ts';
import { renderError } from '../services/s3/render-error.ts';
import { createS3Service } from '../services/s3/service.ts';

/** S3 on the server's port: over the embedded store, or, where the objects are elsewhere, a pointer there. */
export function createObjectService(
  settings: Settings,
  store: EmbeddedStore | undefined,
  permissionsOf: PermissionsOf,
): ObjectService {
  const { account, region, s3 } = settings;
  if (!store) {
    const elsewhere = s3.kind === 's3' && s3.endpoint ? s3.endpoint : 'Amazon S3';
    return {
      renderError,
      handle: async () => {
        throw new ObjectStorageError(
          'NotImplemented',
          `This server keeps no objects: they are in ${elsewhere}.`,
        );
      },
    };
  }
  ensureBucket(store, `sagemaker-${region}-${account}`);
  return createS3Service({ store, account, region, permissionsOf });
}

/** The account's bucket exists from the start, as the SageMaker SDK makes it. */
function ensureBucket(store: EmbeddedStore, bucket: string): void {
  if (!store.listBuckets().some((each) => each.name === bucket)) store.createBucket(bucket);
}
