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
}

/** The roles of this account. */
export interface Roles {
  /** By name or by ARN. */
  find(nameOrArn: string): Role | undefined;
}

export interface RoleListOptions {
  /** Twelve digits. */
  readonly account: string;
  /** With their paths, where they have one: `service-role/Training`. */
  readonly names: readonly string[];
  /** When these roles came to be, in milliseconds since the epoch. */
  readonly createdAt: number;
}

/** The roles that a deployment's settings name. */
export class RoleList implements Roles {
  readonly #byNameAndArn = new Map<string, Role>();

  constructor({ account, names, createdAt }: RoleListOptions) {
    for (const pathAndName of names) {
      const arn = `arn:aws:iam::${account}:role/${pathAndName}`;
      const slash = pathAndName.lastIndexOf('/');
      const name = pathAndName.slice(slash + 1);
      const role: Role = {
        name,
        path: `/${pathAndName.slice(0, slash + 1)}`,
        arn,
        id: uniqueId('AROA', arn),
        createdAt,
      };
      this.#byNameAndArn.set(name, role).set(arn, role);
    }
  }

  find(nameOrArn: string): Role | undefined {
    return this.#byNameAndArn.get(nameOrArn);
  }
}
