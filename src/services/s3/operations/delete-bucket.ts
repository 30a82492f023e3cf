import type { Operation } from '../call.ts';

export const deleteBucket: Operation = (call, { store }) => {
  store.deleteBucket(call.bucket);
  return { status: 204 };
};
