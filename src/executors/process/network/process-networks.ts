import type { InstancePlan } from '../../../agent/instance-agent.ts';
import {
  type InstanceNetwork,
  type InstanceNetworks,
  networkOfOne,
} from '../../../agent/instance-network.ts';
import type { ProcessConfig } from '../config.ts';
import { namespacePath } from './ip-command.ts';
import {
  declareMade,
  INTERFACE,
  madeSubnet,
  makeNamespaces,
  namespaces,
  removeNamespaces,
} from './job-namespaces.ts';
import { machineSubnets } from './machine-subnets.ts';
import type { NetworkAbilities } from './network-abilities.ts';
import { jobOf, type NetworkNames, networkNames } from './network-names.ts';
import { sharedNetwork } from './shared-network.ts';
import { freeSubnet, hostAddress, type Subnet } from './subnet.ts';
import { openUplink, type Uplink } from './uplink.ts';

export interface ProcessNetworksOptions {
  readonly config: Pick<ProcessConfig, 'network'>;
  readonly abilities: NetworkAbilities;
  /** What all names of this server's namespaces begin with. */
  readonly prefix: string;
  /** Ports of this machine's loopback that algorithms are told of. */
  readonly ports: () => readonly number[];
}

/**
 * The networks of the instances on this machine. The kernel is the memory: a network is found by its name, and says itself
 * whether it is whole, so that a server that is killed at any instant leaves nothing that the next one does not know.
 */
export class ProcessNetworks implements InstanceNetworks {
  readonly #options: ProcessNetworksOptions;
  /** What was asked for last of each attempt's network: the instances of one are served side by side. */
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(options: ProcessNetworksOptions) {
    this.#options = options;
  }

  async join(plan: InstancePlan): Promise<InstanceNetwork> {
    if (plan.hosts.length === 1) return networkOfOne.join(plan);
    if (!this.#hasNamespaces(plan)) return sharedNetwork(this.#options.prefix, plan);
    const names = networkNames(this.#options.prefix, plan);
    const subnet = await this.#inTurn(names, () => this.#subnet(names, plan));
    return {
      interfaceName: INTERFACE,
      addresses: Object.fromEntries(plan.hosts.map((host, index) => [host, hostAddress(subnet, index + 1)])),
      handle: namespacePath(names.instance(plan.host)),
    };
  }

  async leave(plan: InstancePlan): Promise<void> {
    const names = networkNames(this.#options.prefix, plan);
    await this.#inTurn(names, async () => {
      const own = names.instance(plan.host);
      const present = namespaces();
      const isShared = plan.hosts.some((host) => {
        const name = names.instance(host);
        return name !== own && present.includes(name);
      });
      await removeNamespaces(isShared ? [own] : [own, names.hub]);
    });
  }

  /** Removes what was made for jobs that hold no instances any more. Before any instance is served. */
  async removeOrphans(holdsInstances: (jobId: number) => boolean): Promise<void> {
    const orphans = namespaces().filter((name) => {
      const job = jobOf(this.#options.prefix, name);
      return job !== undefined && !holdsInstances(job);
    });
    await removeNamespaces(orphans);
  }

  #hasNamespaces(plan: InstancePlan): boolean {
    const { abilities, config } = this.#options;
    if (plan.request.EnableNetworkIsolation) {
      if (abilities.namespaces === true) return true;
      throw new Error(
        `the instances of an isolated job can't reach each other here: ${abilities.namespaces}`,
      );
    }
    return config.network !== 'shared' && abilities.uplink === true;
  }

  /** The subnet of the attempt's network, which is whole when this resolves. */
  async #subnet(names: NetworkNames, plan: InstancePlan): Promise<Subnet> {
    const made = await madeSubnet(names);
    if (made) return made;
    const subnet = freeSubnet(await machineSubnets(), plan.jobId);
    if (!subnet)
      throw new Error('the routes of this machine leave no private addresses for the instances of a job');
    await makeNamespaces(names, plan.hosts, subnet);
    const uplink = this.#uplink(plan);
    if (uplink) await Promise.all(plan.hosts.map((host) => openUplink(names.instance(host), uplink)));
    await declareMade(names, subnet);
    return subnet;
  }

  #uplink({ request }: InstancePlan): Uplink | undefined {
    return request.EnableNetworkIsolation ? undefined : { ports: this.#options.ports(), wayOut: true };
  }

  /** One after the other for each attempt. */
  #inTurn<T>({ hub }: NetworkNames, work: () => Promise<T>): Promise<T> {
    const turn = (this.#turns.get(hub) ?? Promise.resolve()).then(work, work);
    this.#turns.set(hub, turn);
    const forget = () => {
      if (this.#turns.get(hub) === turn) this.#turns.delete(hub);
    };
    turn.then(forget, forget);
    return turn;
  }
}
