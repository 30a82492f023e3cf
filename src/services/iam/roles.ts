import { type AllowedPrefixes, limitedTo, type Permissions, UNLIMITED } from '../access/permissions.ts';
import { uniqueId } from './unique-id.ts';

/** A role that a job may run as. */
export interface Role {
  readonly name: string;
  /** Begins and ends with a slash: `/service-role/`. */
  readonly path: string;
  readonly arn: string;
  /** `AROA…`: the identifier that stays with the role. */
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly permissions: Permissions;
}

/** The roles of this account. */
export interface Roles {
  /** By name or by ARN. */
  find(nameOrArn: string): Role | undefined;
  /** The first that may do what the owner may. */
  readonly ofOwner: Role | undefined;
}

/** A role as the settings have it. */
export interface RoleDefinition {
  /** With its path, where it has one: `service-role/Training`. */
  readonly name: string;
  /** Absent: it may do what the owner may. */
  readonly limits?: AllowedPrefixes;
}

export interface RoleListOptions {
  /** Twelve digits. */
  readonly account: string;
  readonly roles: readonly RoleDefinition[];
  /** When these roles came to be, in milliseconds since the epoch. */
  readonly createdAt: number;
}

/** The roles that a deployment's settings name. */
export class RoleList implements Roles {
  readonly #byNameAndArn = new Map<string, Role>();

  constructor({ account, roles, createdAt }: RoleListOptions) {
    for (const { name: pathAndName, limits } of roles) {
      const arn = `arn:aws:iam::${account}:role/${pathAndName}`;
      const slash = pathAndName.lastIndexOf('/');
      const name = pathAndName.slice(slash + 1);
      const role: Role = {
        name,
        path: `/${pathAndName.slice(0, slash + 1)}`,
        arn,
        id: uniqueId('AROA', arn),
        createdAt,
        permissions: limits ? limitedTo(limits) : UNLIMITED,
      };
      this.#byNameAndArn.set(name, role).set(arn, role);
    }
  }

  find(nameOrArn: string): Role | undefined {
    return this.#byNameAndArn.get(nameOrArn);
  }

  get ofOwner(): Role | undefined {
    return this.#byNameAndArn.values().find(({ permissions }) => permissions.isUnlimited);
  }

  /** What a caller may do: a job that has assumed one of the roles, or the account's owner. */
  permissionsOf(callerArn: string): Permissions {
    const name = /^arn:aws:sts::\d+:assumed-role\/([^/]+)\//.exec(callerArn)?.[1];
    if (name === undefined) return UNLIMITED;
    // A role that the settings name no longer may do nothing any more.
    return this.find(name)?.permissions ?? limitedTo({});
  }
}
