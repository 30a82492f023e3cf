import type { Operation } from '../call.ts';

export const abortMultipartUpload: Operation = (call, { store }) => {
  store.abortUpload(call.upload);
  return { status: 204 };
};
