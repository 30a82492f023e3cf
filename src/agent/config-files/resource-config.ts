import type { InstancePlan } from '../instance-agent.ts';

/** `resourceconfig.json` (training contract §1.3) of a job whose instances are all of one group. */
export function resourceConfig(plan: InstancePlan, networkInterface: string): object {
  const hosts = [...plan.hosts].sort();
  return {
    current_host: plan.host,
    current_instance_type: plan.instanceType,
    current_group_name: plan.groupName,
    hosts,
    instance_groups: [{ instance_group_name: plan.groupName, instance_type: plan.instanceType, hosts }],
    network_interface_name: networkInterface,
  };
}
