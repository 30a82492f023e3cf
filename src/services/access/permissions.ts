import { parseS3Uri } from '../../objects/object-storage.ts';

/** What may be done with an object. */
export type ObjectAccess = 'read' | 'write';

/** What a caller may do. */
export interface Permissions {
  mayUse(access: ObjectAccess, bucket: string, key: string): boolean;
  /** Whether the names of the objects under a prefix may be seen. */
  mayList(bucket: string, prefix: string): boolean;
  /** Whether any object of the bucket may be used. */
  mayEnter(bucket: string): boolean;
  /** Whether buckets may be made, removed and listed, and other services called. */
  readonly isUnlimited: boolean;
}

/** The account's owner, and roles that the settings do not limit. */
export const UNLIMITED: Permissions = {
  mayUse: () => true,
  mayList: () => true,
  mayEnter: () => true,
  isUnlimited: true,
};

/** The permissions of whoever signed a request, by the ARN of the caller. */
export type PermissionsOf = (callerArn: string) => Permissions;

/** S3 URIs, each of which stands for all objects whose key begins with what it says. */
export interface AllowedPrefixes {
  readonly read?: readonly string[];
  readonly write?: readonly string[];
}

interface Prefix {
  readonly bucket: string;
  readonly key: string;
}

/** The permissions of a role that may use these prefixes, and nothing else. */
export function limitedTo({ read = [], write = [] }: AllowedPrefixes): Permissions {
  const prefixes: Readonly<Record<ObjectAccess, readonly Prefix[]>> = {
    read: read.map(parseS3Uri),
    write: write.map(parseS3Uri),
  };
  const all = [...prefixes.read, ...prefixes.write];
  const covers = (each: Prefix, bucket: string, key: string) =>
    each.bucket === bucket && key.startsWith(each.key);
  return {
    mayUse: (access, bucket, key) => prefixes[access].some((each) => covers(each, bucket, key)),
    // Clients look whether what they are about to write is there.
    mayList: (bucket, prefix) => all.some((each) => covers(each, bucket, prefix)),
    mayEnter: (bucket) => all.some((each) => each.bucket === bucket),
    isUnlimited: false,
  };
}
