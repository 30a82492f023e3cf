import type { InstancePlan } from '../../agent/instance-agent.ts';
import {
  type InstanceNetwork,
  type InstanceNetworks,
  interfaceOfOne,
  LOOPBACK,
  networkOfOne,
  USUAL_INTERFACE,
} from '../../agent/instance-network.ts';
import { JobFault } from '../../training/fault.ts';
import type { DockerConfig } from './config.ts';
import { type Engine, withEngine } from './engine.ts';
import { engineWords, isConflict, isInUse, isNotFound } from './engine-fault.ts';
import { LABELS } from './labels.ts';

/** The engine's own addresses come first in a network: its name and its gateway. */
const FIRST_HOST = 2;
const TRIES = 5;

/**
 * The networks of jobs in containers. A job of one instance has the machine's own, unless configured; the instances of others have
 * one of their own, in which each has an address that is known before it runs.
 */
export class JobNetworks implements InstanceNetworks {
  readonly #engine: Engine;
  readonly #config: DockerConfig;
  readonly #owner: string;
  /** The networks that are being made, by name. */
  readonly #making = new Map<string, Promise<string>>();

  constructor(engine: Engine, config: DockerConfig, owner: string) {
    this.#engine = engine;
    this.#config = config;
    this.#owner = owner;
  }

  async join(plan: InstancePlan): Promise<InstanceNetwork> {
    if (plan.hosts.length === 1) return this.#ofOne(plan);
    try {
      const subnet = await this.#subnetFor(plan);
      const hosts = plan.hosts.map((host, i) => [host, nthAddress(subnet, FIRST_HOST + i)]);
      return {
        interfaceName: USUAL_INTERFACE,
        addresses: Object.fromEntries(hosts),
        handle: this.#nameOf(plan),
      };
    } catch (error) {
      throw new JobFault(
        'InternalServerError',
        `the network of the job's instances can't be made: ${engineWords(error)}`,
      );
    }
  }

  /** The last instance that leaves takes the network with it. */
  async leave(plan: InstancePlan): Promise<void> {
    if (plan.hosts.length > 1) await withEngine(() => this.#remove(this.#nameOf(plan)));
  }

  /** Removes the networks of attempts of which no instance is there any more. */
  async removeOrphans(isThere: (attempt: string) => boolean): Promise<void> {
    const filters = { label: [`${LABELS.owner}=${this.#owner}`] };
    const networks = await withEngine(() => this.#engine.api.listNetworks({ filters }));
    for (const { Name: name, Labels: labels } of networks) {
      if (!isThere(labels?.[LABELS.attempt] ?? '')) await withEngine(() => this.#remove(name));
    }
  }

  async #ofOne(plan: InstancePlan): Promise<InstanceNetwork> {
    const isolated = plan.request.EnableNetworkIsolation ?? false;
    const interfaceName =
      this.#config.network === 'host' ? interfaceOfOne(plan) : isolated ? LOOPBACK : USUAL_INTERFACE;
    return { ...(await networkOfOne.join(plan)), interfaceName };
  }

  /** The instances of a job come at the same moment. Were each to make their network, they would take each other's away. */
  #subnetFor(plan: InstancePlan): Promise<string> {
    const name = this.#nameOf(plan);
    const making =
      this.#making.get(name) ??
      withEngine(() => this.#madeSubnet(plan)).finally(() => this.#making.delete(name));
    this.#making.set(name, making);
    return making;
  }

  /** The subnet of the attempt's network, which is made if it is not there. */
  async #madeSubnet(plan: InstancePlan): Promise<string> {
    const name = this.#nameOf(plan);
    for (let tried = 1; ; tried++) {
      const there = await this.#subnetOf(name);
      if (there !== undefined) return there;
      try {
        await this.#make(name, plan, await this.#freeSubnet(name));
      } catch (error) {
        // Somebody else took the subnet.
        if (tried === TRIES) throw error;
      }
    }
  }

  /**
   * A subnet that the engine would give. It is asked by a network that is removed at once: Docker gives fixed addresses only in
   * networks whose subnet it was told.
   */
  async #freeSubnet(name: string): Promise<string> {
    const probe = `${name}-probe`;
    await this.#remove(probe);
    await this.#engine.api.createNetwork({
      Name: probe,
      Driver: 'bridge',
      Labels: { [LABELS.owner]: this.#owner },
    });
    try {
      const subnet = await this.#subnetOf(probe);
      if (subnet === undefined) throw new Error('the container engine gives networks no IPv4 subnet');
      return subnet;
    } finally {
      await this.#remove(probe);
    }
  }

  async #make(name: string, plan: InstancePlan, subnet: string): Promise<void> {
    await this.#engine.api.createNetwork({
      Name: name,
      CheckDuplicate: true,
      Driver: 'bridge',
      // Under isolation the instances reach each other and nobody else.
      Internal: plan.request.EnableNetworkIsolation ?? false,
      IPAM: { Driver: 'default', Config: [{ Subnet: subnet, Gateway: nthAddress(subnet, 1) }] },
      Labels: { [LABELS.owner]: this.#owner, [LABELS.attempt]: attemptOf(plan) },
    });
  }

  async #subnetOf(name: string): Promise<string | undefined> {
    try {
      const { IPAM: ipam } = await this.#engine.api.getNetwork(name).inspect();
      const configs: readonly { readonly Subnet?: string | undefined }[] = ipam?.Config ?? [];
      return configs.map(({ Subnet }) => Subnet).find((subnet) => subnet !== undefined && isIpv4(subnet));
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  /** Harmless where there is none, or where instances are still in it. */
  async #remove(name: string): Promise<void> {
    try {
      await this.#engine.api.getNetwork(name).remove();
    } catch (error) {
      if (!isNotFound(error) && !isConflict(error) && !isInUse(error)) throw error;
    }
  }

  #nameOf(plan: InstancePlan): string {
    return `trainyard-${this.#owner}-${attemptOf(plan)}`;
  }
}

/** The jobs of a warm pool have one network, one after the other. As the folders of their instances begin. */
const attemptOf = ({ jobId, attempt, warmPool }: InstancePlan): string =>
  warmPool === undefined ? `${jobId}-${attempt}` : `pool-${warmPool}`;

const isIpv4 = (subnet: string): boolean => /^\d+(\.\d+){3}\/\d+$/.test(subnet);

/** The address so many after a subnet's first: `nthAddress('10.1.0.0/24', 2)` is `10.1.0.2`. */
export function nthAddress(subnet: string, n: number): string {
  const [base = ''] = subnet.split('/');
  const first = base.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const address = first + n;
  return [2 ** 24, 2 ** 16, 2 ** 8, 1].map((size) => Math.floor(address / size) % 256).join('.');
}
