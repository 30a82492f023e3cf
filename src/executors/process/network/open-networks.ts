import type { ProcessConfig } from '../config.ts';
import { type NetworkAbilities, networkAbilities } from './network-abilities.ts';
import { prefixOf } from './network-names.ts';
import { ProcessNetworks, type ProcessNetworksOptions } from './process-networks.ts';

export interface OpenedNetworks {
  readonly networks: ProcessNetworks;
  /** The machine gives what the settings demand. */
  readonly ok: boolean;
  /** What instances have to do without, or why none can be served, in a sentence. */
  readonly problem?: string;
}

export interface NetworksPlace extends Omit<ProcessNetworksOptions, 'config' | 'abilities' | 'prefix'> {
  readonly config: Pick<ProcessConfig, 'network' | 'sandbox'>;
  readonly dataDir: string;
  /** Whether a job may still have instances. */
  readonly holdsInstances: (jobId: number) => boolean;
}

/** Finds out what networks this machine can give to instances, and removes what earlier servers left of jobs that are over. */
export async function openNetworks(place: NetworksPlace): Promise<OpenedNetworks> {
  const prefix = prefixOf(place.dataDir);
  const abilities = await abilitiesFor(place.config, prefix);
  const networks = new ProcessNetworks({ ...place, abilities, prefix });
  await networks.removeOrphans(place.holdsInstances);
  return { networks, ...judgement(place.config, abilities) };
}

async function abilitiesFor({ sandbox }: NetworksPlace['config'], prefix: string): Promise<NetworkAbilities> {
  if (sandbox === 'bubblewrap') return networkAbilities(prefix);
  const why = 'without a sandbox (executors.process.sandbox: none) no instance has a network of its own';
  return { namespaces: why, uplink: why };
}

/** What a server that starts says of its networks. */
export function judgement(
  { network, sandbox }: NetworksPlace['config'],
  { namespaces, uplink }: NetworkAbilities,
): Pick<OpenedNetworks, 'ok' | 'problem'> {
  if (uplink === true) return { ok: true };
  if (network === 'namespaces')
    return { ok: false, problem: `executors.process.network demands namespaces, but ${uplink}.` };
  if (network === 'shared' || sandbox === 'none') return { ok: true };
  const isolated = namespaces === true ? '' : ', and a job with EnableNetworkIsolation has one';
  return { ok: true, problem: `The instances of a job share this machine's network${isolated}: ${uplink}.` };
}
