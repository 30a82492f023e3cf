import { z } from 'zod';
import type { CreateTrainingJobRequest } from '../../../model/types.generated.ts';

const id = z.string().regex(/^[-0-9a-zA-Z]{1,32}$/, 'not an id as requests have it');

/** What the subnets and security groups that requests name are on this machine. */
export const vpcSettings = z.strictObject({
  subnets: z
    .record(
      id,
      z.strictObject({
        /**
         * `machine`: its instances reach what this machine reaches. `closed`: each other and this server, as in a subnet without a
         * way out but to its endpoints.
         */
        network: z.enum(['machine', 'closed']),
      }),
    )
    .default({}),
  /** `allow: all` restricts nothing of what the subnet's network allows. Groups that would are not served. */
  securityGroups: z.record(id, z.strictObject({ allow: z.literal('all') })).default({}),
});

export type VpcConfig = z.infer<typeof vpcSettings>;

/** The kind of network that a job asks for; undefined when it names no subnet. */
export function networkKindOf(
  { VpcConfig: wanted }: CreateTrainingJobRequest,
  { subnets }: VpcConfig,
): VpcConfig['subnets'][string]['network'] | undefined {
  const first = wanted?.Subnets[0];
  return first === undefined ? undefined : subnets[first]?.network;
}

/** Why VpcConfig can't be honoured, in one sentence; undefined when it can, or is not there. `closable`: true, or why not. */
export function vpcRefusal(
  { VpcConfig: wanted }: CreateTrainingJobRequest,
  { subnets, securityGroups }: VpcConfig,
  closable: true | string,
): string | undefined {
  if (!wanted) return undefined;
  const refused = (what: string, why: string) =>
    `VpcConfig.${what} can't be honoured by this deployment: ${why}.`;
  const group = wanted.SecurityGroupIds.find((each) => !Object.hasOwn(securityGroups, each));
  if (group !== undefined)
    return refused(`SecurityGroupIds ${group}`, 'say what it allows under vpc.securityGroups');
  const subnet = wanted.Subnets.find((each) => !Object.hasOwn(subnets, each));
  if (subnet !== undefined) return refused(`Subnets ${subnet}`, 'say what network it is under vpc.subnets');
  const kinds = new Set(wanted.Subnets.map((each) => subnets[each]?.network));
  if (kinds.size > 1)
    return refused('Subnets', 'some are closed and some are not, and a job has one network');
  return kinds.has('closed') && closable !== true
    ? refused(
        `Subnets ${wanted.Subnets[0]}`,
        `instances have no network of their own that could be closed: ${closable}`,
      )
    : undefined;
}
