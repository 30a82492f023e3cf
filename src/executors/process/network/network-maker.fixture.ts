import { ProcessNetworks } from './process-networks.ts';

// As a program of its own: makes the network of a plan, and waits to be killed.
const [prefix, plan] = process.argv.slice(2);
if (import.meta.main && prefix && plan) {
  const networks = new ProcessNetworks({
    config: { network: 'namespaces' },
    abilities: { namespaces: true, uplink: true },
    vpc: { subnets: {}, securityGroups: {} },
    ports: () => [],
    log: () => undefined,
    prefix,
  });
  await networks.join(JSON.parse(plan));
  setInterval(() => undefined, 60_000);
}
