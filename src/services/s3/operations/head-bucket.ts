import type { Operation } from '../call.ts';

export const headBucket: Operation = (call, { store, region }) => {
  store.headBucket(call.bucket);
  return {
    status: 200,
    headers: {
      'content-type': 'application/xml',
      'x-amz-bucket-region': region,
      'x-amz-access-point-alias': 'false',
    },
  };
};
