import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { InstancePlan } from '../../../agent/instance-agent.ts';
import { planOf } from '../../../agent/testing/test-instance.fixture.ts';
import type { CreateTrainingJobRequest } from '../../../model/types.generated.ts';
import type { Algorithm } from '../../runtime.ts';
import { finished, instance, script, skip } from '../sandbox-fixture.ts';
import { namespaces, removeNamespaces } from './job-namespaces.ts';
import { networkAbilities } from './network-abilities.ts';
import { prefixOf } from './network-names.ts';
import { ProcessNetworks, type ProcessNetworksOptions } from './process-networks.ts';
import { vpcSettings } from './vpc.ts';

const trialFolder = mkdtempSync(join(tmpdir(), 'trainyard-networks-'));
export const abilities = await networkAbilities(prefixOf(trialFolder));
rmSync(trialFolder, { recursive: true });

/** For tests that need real namespaces: why there can be none here. */
export const noNamespaces = skip || (abilities.namespaces !== true && abilities.namespaces);
/** For tests whose instances have a way out of them. */
export const noUplink = noNamespaces || (abilities.uplink !== true && abilities.uplink);

/** The networks of a server with a data directory of its own. What it makes is gone after the test, as are those of its name. */
export function networksOf(t: TestContext, options: Partial<ProcessNetworksOptions> = {}) {
  const dataDir = mkdtempSync(join(tmpdir(), 'trainyard-networks-'));
  const prefix = prefixOf(dataDir);
  const closing: ProcessNetworks[] = [];
  t.after(async () => {
    for (const networks of closing) networks.close();
    await removeNamespaces(madeBy(prefix));
    rmSync(dataDir, { recursive: true });
  });
  const all = {
    config: { network: 'auto' } as const,
    abilities,
    prefix,
    ports: () => [],
    vpc: vpcSettings.parse({}),
    log: () => undefined,
    ...options,
  };
  const networks = new ProcessNetworks(all);
  closing.push(networks);
  return { networks, prefix, dataDir };
}

/** The names of a server's namespaces. */
export function madeBy(prefix: string): readonly string[] {
  return namespaces().filter((name) => name.startsWith(prefix));
}

export const HOSTS = ['algo-1', 'algo-2'];

export function plansOf(
  request: Partial<CreateTrainingJobRequest> = {},
  plan: Partial<InstancePlan> = {},
): [InstancePlan, InstancePlan] {
  const ResourceConfig = { InstanceType: 'ml.m5.large', InstanceCount: 2, VolumeSizeInGB: 0 } as const;
  const of = (host: string) => planOf({ ResourceConfig, ...request }, { hosts: HOSTS, host, ...plan });
  return [of('algo-1'), of('algo-2')];
}

/** A server that makes the network of an instance, and then waits. */
export function makerOf(prefix: string, plan: InstancePlan): ChildProcess {
  return spawn(process.execPath, [
    join(import.meta.dirname, 'network-maker.fixture.ts'),
    prefix,
    JSON.stringify(plan),
  ]);
}

/** An instance that runs a script where its plan's network is. */
export async function placed(
  t: TestContext,
  networks: ProcessNetworks,
  plan: InstancePlan,
  text: string,
): Promise<Algorithm> {
  const { handle, addresses } = await networks.join(plan);
  return instance(t, {
    id: `${plan.jobId}-${plan.attempt}-${plan.host}`,
    hostname: plan.host,
    hosts: Object.entries(addresses).map(([name, address]) => ({ name, address })),
    networkIsolation: plan.request.EnableNetworkIsolation ?? false,
    ...(handle !== undefined && { network: handle }),
    ...script(text),
  });
}

/** What a script prints in the plan's instance. */
export async function says(
  t: TestContext,
  networks: ProcessNetworks,
  plan: InstancePlan,
  text: string,
): Promise<string> {
  return (await finished(t, await placed(t, networks, plan, text))).output.trimEnd();
}

/** A script that listens at a port of an address, sends a word to whoever comes first, and ends. */
export const serveAt = (address: string, port: number, word: string): string =>
  perl(
    `$s = IO::Socket::INET->new(LocalAddr => "${address}", LocalPort => ${port}, Listen => 1, ReuseAddr => 1) or die "$!\\n"; ` +
      `$c = $s->accept; print {$c} "${word}\\n"; close $c`,
  );

/** A script that prints what is sent by a port of a host, and asks again as long as nobody listens there. */
export const fetchFrom = (host: string, port: number): string =>
  perl(
    `do { $s = IO::Socket::INET->new(PeerAddr => "${host}", PeerPort => ${port}, Timeout => 5) } ` +
      'until $s or $! !~ /refused/; print $s ? <$s> : "$!\\n"',
  );

/** A script that prints what comes of trying to reach an address: "reached", or why not. */
export const tryToReach = (address: string, port: number): string =>
  perl(
    `print IO::Socket::INET->new(PeerAddr => "${address}", PeerPort => ${port}, Timeout => 3) ? "reached" : "$!"`,
  );

const perl = (program: string) => `perl -MIO::Socket::INET -e '${program}'`;
