import type { ObjectAccess, Permissions } from '../access/permissions.ts';
import type { S3Call } from './call.ts';
import { parseCopySource } from './copy-source.ts';
import { ACCESS_DENIED } from './errors.ts';

/**
 * What an operation does with what it names. `each`: it names objects in its body, and asks for each of them. `copy`: it writes one
 * object and reads another.
 */
export type Access = ObjectAccess | 'copy' | 'list' | 'enter' | 'each' | 'administer';

/** Throws AccessDenied where the caller may not do what an operation does. */
export function checkAccess(call: S3Call, access: Access, permissions: Permissions): void {
  if (permissions.isUnlimited) return;
  if (!isAllowed(call, access, permissions)) throw ACCESS_DENIED();
}

function isAllowed(call: S3Call, access: Access, permissions: Permissions): boolean {
  const { bucket, key } = call.object;
  switch (access) {
    case 'read':
    case 'write':
      return permissions.mayUse(access, bucket, key);
    case 'copy': {
      const source = parseCopySource(call);
      return (
        permissions.mayUse('write', bucket, key) && permissions.mayUse('read', source.bucket, source.key)
      );
    }
    case 'list':
      return permissions.mayList(bucket, call.query('prefix') ?? '');
    case 'enter':
    case 'each':
      return permissions.mayEnter(bucket);
    case 'administer':
      return false;
  }
}
