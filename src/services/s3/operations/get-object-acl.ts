import { xmlAnswer } from '../answer.ts';
import type { Operation } from '../call.ts';
import { accessControl } from './get-bucket-configuration.ts';

export const getObjectAcl: Operation = (call, { store, account }) => {
  store.head(call.object);
  return xmlAnswer('AccessControlPolicy', accessControl(account));
};
