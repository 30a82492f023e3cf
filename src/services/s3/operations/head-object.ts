import type { Operation } from '../call.ts';
import { describeRead } from '../object-headers.ts';

export const headObject: Operation = (call, deployment) =>
  describeRead(call, deployment.store.head(call.object)).answer;
