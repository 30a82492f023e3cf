import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { REQUEST } from '../../../agent/testing/test-instance.fixture.ts';
import { settingsSchema } from '../../../config/settings.ts';
import type { CreateTrainingJobRequest } from '../../../model/types.generated.ts';
import type { NetworkAbilities } from './network-abilities.ts';
import { judgement } from './open-networks.ts';
import { ProcessNetworks } from './process-networks.ts';

const ABLE: NetworkAbilities = { namespaces: true, uplink: true };
const WITHOUT_PASTA: NetworkAbilities = { namespaces: true, uplink: 'pasta is missing' };
const UNABLE: NetworkAbilities = { namespaces: 'only root can', uplink: 'only root can' };

const vpc = {
  subnets: { 'subnet-m': { network: 'machine' }, 'subnet-c': { network: 'closed' } },
  securityGroups: { 'sg-1': { allow: 'all' } },
} as const;

function refusal(
  change: Partial<CreateTrainingJobRequest>,
  abilities: NetworkAbilities = ABLE,
  network: 'auto' | 'shared' = 'auto',
): string | undefined {
  const networks = new ProcessNetworks({
    ...{
      config: { network },
      abilities,
      vpc,
      prefix: 'trainyard-00000000',
      ports: () => [],
      log: () => undefined,
    },
  });
  return networks.refusal({ ...REQUEST, ...change });
}

const several = {
  ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 2, VolumeSizeInGB: 0 },
} as const;
const isolated = { EnableNetworkIsolation: true };
const inSubnets = (Subnets: string[], SecurityGroupIds = ['sg-1']) => ({
  VpcConfig: { SecurityGroupIds, Subnets },
});

describe('a machine that gives instances networks of their own', () => {
  it('takes isolated jobs of several instances', () =>
    assert.equal(refusal({ ...several, ...isolated }), undefined));

  it('takes the subnets and groups that it is told of', () => {
    assert.equal(refusal(inSubnets(['subnet-m'])), undefined);
    assert.equal(refusal(inSubnets(['subnet-c'])), undefined);
  });

  it('refuses those that it is not told of, groups first as requests have them', () => {
    const both = refusal(inSubnets(['subnet-x'], ['sg-1', 'sg-x'])) ?? '';
    assert.match(both, /^VpcConfig\.SecurityGroupIds sg-x can't be honoured .*vpc\.securityGroups\.$/);
    const subnet = refusal(inSubnets(['subnet-m', 'subnet-x'])) ?? '';
    assert.match(subnet, /^VpcConfig\.Subnets subnet-x can't be honoured .*vpc\.subnets\.$/);
    assert.match(refusal(inSubnets(['toString'])) ?? '', /^VpcConfig\.Subnets toString /);
  });

  it('refuses subnets of both kinds at once', () => {
    assert.match(
      refusal(inSubnets(['subnet-m', 'subnet-c'])) ?? '',
      /^VpcConfig\.Subnets can't .*one network/,
    );
  });

  it('does not close a subnet when the settings say that all is shared', () => {
    const message = refusal(inSubnets(['subnet-c']), ABLE, 'shared') ?? '';
    assert.match(message, /^VpcConfig\.Subnets subnet-c can't .*executors\.process\.network is shared/);
  });
});

describe('a machine that does not', () => {
  it('says why it refuses isolated jobs of several instances, and takes those of one', () => {
    assert.match(
      refusal({ ...several, ...isolated }, UNABLE) ?? '',
      /^EnableNetworkIsolation can't be honoured .* 2 instances.*only root can/,
    );
    assert.equal(refusal(isolated, UNABLE), undefined);
    assert.equal(refusal(several, UNABLE), undefined);
  });

  it('counts the instances of groups', () => {
    const group = (InstanceGroupName: string) =>
      ({ InstanceGroupName, InstanceType: 'ml.m5.large', InstanceCount: 1 }) as const;
    const ResourceConfig = { InstanceGroups: [group('a'), group('b')], VolumeSizeInGB: 0 };
    assert.match(refusal({ ResourceConfig, ...isolated }, UNABLE) ?? '', /2 instances/);
  });

  it('says why it refuses closed subnets, but not those that are the machine’s', () => {
    assert.match(
      refusal(inSubnets(['subnet-c']), WITHOUT_PASTA) ?? '',
      /Subnets subnet-c can't .*pasta is missing/,
    );
    assert.equal(refusal(inSubnets(['subnet-m']), WITHOUT_PASTA), undefined);
  });

  it('isolates without an uplink', () => {
    assert.equal(refusal({ ...several, ...isolated }, WITHOUT_PASTA), undefined);
  });
});

describe('a server that starts', () => {
  const said = (network: 'auto' | 'namespaces' | 'shared', abilities: NetworkAbilities) =>
    judgement({ network, sandbox: 'bubblewrap' }, abilities);

  it('says in one line what instances have to do without', () => {
    assert.deepEqual(said('auto', ABLE), { ok: true });
    const problem = "The instances of a job share this machine's network: pasta is missing.";
    assert.deepEqual(said('auto', WITHOUT_PASTA), { ok: true, problem });
    assert.match(said('auto', UNABLE).problem ?? '', /EnableNetworkIsolation has one: only root can\.$/);
  });

  it('does not start when it can’t give what it is told to', () => {
    const problem = 'executors.process.network demands namespaces, but pasta is missing.';
    assert.deepEqual(said('namespaces', WITHOUT_PASTA), { ok: false, problem });
    assert.deepEqual(said('namespaces', ABLE), { ok: true });
  });

  it('has nothing to say where all is to be shared', () => {
    assert.deepEqual(said('shared', UNABLE), { ok: true });
    assert.deepEqual(judgement({ network: 'auto', sandbox: 'none' }, UNABLE), { ok: true });
  });
});

it('the settings know both, and refuse what would restrict nothing yet look as if', () => {
  assert.deepEqual(settingsSchema.parse({ vpc }).vpc, vpc);
  assert.deepEqual(settingsSchema.parse({}).vpc, { subnets: {}, securityGroups: {} });
  const rules = { securityGroups: { 'sg-1': { ingress: [] } } };
  assert.throws(() => settingsSchema.parse({ vpc: rules }), /securityGroups/);
});
