import type { InstancePlan } from '../../../agent/instance-agent.ts';
import {
  type InstanceNetwork,
  type InstanceNetworks,
  networkOfOne,
} from '../../../agent/instance-network.ts';
import type { CreateTrainingJobRequest } from '../../../model/types.generated.ts';
import { hostGroups } from '../../../training/instance-groups.ts';
import type { ProcessConfig } from '../config.ts';
import { namespacePath } from './ip-command.ts';
import {
  addNamespaces,
  declareMade,
  INTERFACE,
  joinNamespaces,
  namespaces,
  noteOfMade,
  removeNamespaces,
} from './job-namespaces.ts';
import { machineSubnets } from './machine-subnets.ts';
import type { NetworkAbilities } from './network-abilities.ts';
import { isHub, jobOf, type NetworkNames, networkNames } from './network-names.ts';
import type { Reach } from './network-note.ts';
import { sharedNetwork } from './shared-network.ts';
import { freeSubnet, hostAddress, type Subnet } from './subnet.ts';
import { openUplink } from './uplink.ts';
import { forwarded, UplinkKeeper } from './uplink-keeper.ts';
import { networkKindOf, type VpcConfig, vpcRefusal } from './vpc.ts';

export interface ProcessNetworksOptions {
  readonly config: Pick<ProcessConfig, 'network'>;
  readonly abilities: NetworkAbilities;
  /** What all names of this server's namespaces begin with. */
  readonly prefix: string;
  /** Ports of this machine's loopback that algorithms are told of. */
  readonly ports: () => readonly number[];
  /** What the subnets and security groups of requests are on this machine. */
  readonly vpc: VpcConfig;
  readonly log: (line: string) => void;
}

/**
 * The networks of the instances on this machine. The kernel is the memory: a network is found by its name, and says itself
 * whether it is whole, so that a server that is killed at any instant leaves nothing that the next one does not know.
 */
export class ProcessNetworks implements InstanceNetworks {
  readonly #options: ProcessNetworksOptions;
  /** The subnets of networks that are whole, by their hub: what is known needs no asking. */
  readonly #made = new Map<string, Subnet>();
  /** What was asked for last of each attempt's network: the instances of one are served side by side. */
  readonly #turns = new Map<string, Promise<unknown>>();
  readonly #uplinks: UplinkKeeper;

  constructor(options: ProcessNetworksOptions) {
    this.#options = options;
    const inTurn = (hub: string, work: () => Promise<void>) => this.#inTurn({ hub }, work);
    this.#uplinks = new UplinkKeeper({ ports: options.ports, log: options.log, inTurn });
  }

  /** Why a job can't have the network that it asks for: the member and the cause, in one sentence. Undefined: it can. */
  refusal(request: CreateTrainingJobRequest): string | undefined {
    const { abilities, config, vpc } = this.#options;
    const own = config.network === 'shared' ? 'executors.process.network is shared' : abilities.uplink;
    return vpcRefusal(request, vpc, own) ?? isolationRefusal(request, abilities.namespaces);
  }

  async join(plan: InstancePlan): Promise<InstanceNetwork> {
    if (plan.hosts.length === 1 && !this.#isClosed(plan)) return networkOfOne.join(plan);
    const names = networkNames(this.#options.prefix, plan);
    const subnet = await this.#inTurn(names, () => this.#subnet(names, plan));
    if (!subnet) return sharedNetwork(this.#options.prefix, plan);
    return {
      interfaceName: INTERFACE,
      addresses: Object.fromEntries(plan.hosts.map((host, index) => [host, hostAddress(subnet, index + 1)])),
      handle: namespacePath(names.instance(plan.host)),
    };
  }

  async leave(plan: InstancePlan): Promise<void> {
    const names = networkNames(this.#options.prefix, plan);
    await this.#inTurn(names, async () => {
      this.#made.delete(names.hub);
      const own = names.instance(plan.host);
      const present = namespaces();
      const isShared = plan.hosts.some((host) => {
        const name = names.instance(host);
        return name !== own && present.includes(name);
      });
      if (!isShared) this.#uplinks.forget(names.hub);
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

  /** Takes up the networks that earlier servers made, when the ports are known. Before any instance is served. */
  async takeUp(): Promise<void> {
    const hubs = namespaces().filter((name) => isHub(this.#options.prefix, name));
    await Promise.all(
      hubs.map((hub) =>
        this.#inTurn({ hub }, () => this.#uplinks.takeUp(hub)).catch((error: Error) =>
          this.#options.log(`The uplinks of ${hub} can't be seen to: ${error.message}.`),
        ),
      ),
    );
  }

  /** Watches over no network any more. All of them stay. */
  close(): void {
    this.#uplinks.close();
  }

  /**
   * The subnet of the attempt's network, which is whole when this resolves; undefined for a shared one. What is made stays, whatever the
   * settings and the machine have become since.
   */
  async #subnet(names: NetworkNames, plan: InstancePlan): Promise<Subnet | undefined> {
    const known = this.#made.get(names.hub) ?? (await noteOfMade(names.hub))?.subnet;
    const subnet = known ?? (this.#hasNamespaces(plan) ? await this.#make(names, plan) : undefined);
    if (subnet) this.#made.set(names.hub, subnet);
    return subnet;
  }

  #hasNamespaces(plan: InstancePlan): boolean {
    const { abilities, config } = this.#options;
    const refusal = this.refusal(plan.request);
    if (refusal !== undefined) throw new Error(refusal);
    return plan.request.EnableNetworkIsolation || (config.network !== 'shared' && abilities.uplink === true);
  }

  async #make(names: NetworkNames, plan: InstancePlan): Promise<Subnet> {
    const [taken] = await Promise.all([machineSubnets(), addNamespaces(names, plan.hosts)]);
    const subnet = freeSubnet(taken, plan.jobId);
    if (!subnet)
      throw new Error('the routes of this machine leave no private addresses for the instances of a job');
    const reach = this.#reach(plan);
    const told = reach === 'none' ? [] : this.#options.ports();
    await Promise.all([
      joinNamespaces(names, plan.hosts, subnet),
      reach === 'none' ? undefined : this.#openUplinks(names, plan, subnet),
    ]);
    await declareMade(names.hub, { subnet, reach, told });
    if (reach !== 'none') this.#uplinks.keep(names.hub);
    return subnet;
  }

  async #openUplinks(names: NetworkNames, plan: InstancePlan, subnet: Subnet): Promise<void> {
    const ports = this.#options.ports();
    const shared = { ports: forwarded(ports, ports), wayOut: this.#reach(plan) === 'open' };
    await Promise.all(
      plan.hosts.map((host, index) =>
        openUplink(names.instance(host), { ...shared, address: hostAddress(subnet, index + 1) }),
      ),
    );
  }

  #reach(plan: InstancePlan): Reach {
    if (plan.request.EnableNetworkIsolation) return 'none';
    return this.#isClosed(plan) ? 'closed' : 'open';
  }

  /** An isolated job has no network to the outside, whatever its subnet has. */
  #isClosed({ request }: InstancePlan): boolean {
    return !request.EnableNetworkIsolation && networkKindOf(request, this.#options.vpc) === 'closed';
  }

  /** One after the other for each attempt. */
  #inTurn<T>({ hub }: Pick<NetworkNames, 'hub'>, work: () => Promise<T>): Promise<T> {
    const turn = (this.#turns.get(hub) ?? Promise.resolve()).then(work, work);
    this.#turns.set(hub, turn);
    const forget = () => {
      if (this.#turns.get(hub) === turn) this.#turns.delete(hub);
    };
    turn.then(forget, forget);
    return turn;
  }
}

/** An isolated job's instances reach each other and nobody else: that takes a network of their own. */
function isolationRefusal(
  request: CreateTrainingJobRequest,
  namespaces: NetworkAbilities['namespaces'],
): string | undefined {
  const instances = hostGroups(request).reduce((sum, { hosts }) => sum + hosts.length, 0);
  if (!request.EnableNetworkIsolation || instances === 1 || namespaces === true) return undefined;
  return (
    `EnableNetworkIsolation can't be honoured by this deployment for a job of ${instances} instances, ` +
    `which need a network of their own: ${namespaces}.`
  );
}
