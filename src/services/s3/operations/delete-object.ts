import type { Deployment, Operation, S3Call } from '../call.ts';
import { namesEtag } from '../conditions.ts';
import { PRECONDITION_FAILED } from '../errors.ts';

export const deleteObject: Operation = (call, deployment) => {
  checkMatch(call, deployment);
  deployment.store.delete(call.object);
  return { status: 204 };
};

/** If-Match, on an object that is not there, is NoSuchKey. Nothing comes between this and the deletion: both are synchronous. */
function checkMatch(call: S3Call, { store }: Deployment): void {
  const match = call.header('if-match');
  if (match === undefined) return;
  if (!namesEtag(match, store.head(call.object).etag)) throw PRECONDITION_FAILED({ Condition: 'If-Match' });
}
