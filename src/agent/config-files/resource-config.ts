import { hostGroups } from '../../training/instance-groups.ts';
import type { InstancePlan } from '../instance-agent.ts';

/** `resourceconfig.json` (training contract §1.3): hosts in the order of their characters, `algo-10` before `algo-2`. */
export function resourceConfig(plan: InstancePlan, networkInterface: string): object {
  return {
    current_host: plan.host,
    current_instance_type: plan.instanceType,
    current_group_name: plan.groupName,
    hosts: plan.hosts.toSorted(),
    instance_groups: hostGroups(plan.request).map((group) => ({
      instance_group_name: group.name,
      instance_type: group.instanceType,
      hosts: group.hosts.toSorted(),
    })),
    network_interface_name: networkInterface,
  };
}
