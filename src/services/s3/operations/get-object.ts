import type { Operation } from '../call.ts';
import { describeRead } from '../object-headers.ts';

export const getObject: Operation = (call, deployment) => {
  const object = deployment.store.head(call.object);
  const { answer, slice } = describeRead(call, object);
  return slice ? { ...answer, body: deployment.store.read(object, slice) } : answer;
};
