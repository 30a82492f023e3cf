import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { channel, REQUEST, testPlace } from '../../agent/testing/test-instance.fixture.ts';
import { systemClock } from '../../clock/system-clock.ts';
import type { CreateTrainingJobRequest } from '../../model/types.generated.ts';
import { HOST_IMAGE, type ProcessConfig, processSettings } from './config.ts';
import type { Fingerprint } from './fingerprint.ts';
import { ProcessNetworks } from './network/process-networks.ts';
import { ProcessDriver } from './process-driver.ts';
import { createProcessRuntime } from './process-runtime.ts';

const FINGERPRINT: Fingerprint = {
  ...{
    ok: true,
    problems: [],
    sandbox: 'bubblewrap',
    cgroups: 'none',
    userNamespaces: true,
    users: true,
    gpus: [],
  },
  ...{ networkIsolation: true, cores: 2, memoryBytes: 1e9 },
};

/** What a machine with these settings says of a request; its S3 is another one, and nothing can mount it. */
async function refusal(
  t: TestContext,
  change: Partial<CreateTrainingJobRequest>,
  sandbox: ProcessConfig['sandbox'] = 'bubblewrap',
) {
  const place = await testPlace(t);
  place.storage.put('data', 'p/a', 'x');
  const config = processSettings(2).parse({ sandbox });
  const runtime = createProcessRuntime(config, { clock: systemClock, hidden: [] });
  const fileSystems = { 'fs-12345678': { path: place.folder } };
  const agents = { ...place.environment, fileSystems };
  const networks = new ProcessNetworks({
    ...{ config, prefix: 'trainyard-00000000', ports: () => [], log: () => undefined },
    abilities: { namespaces: true, uplink: true },
    vpc: { subnets: {}, securityGroups: {} },
  });
  const driver = new ProcessDriver({ config, runtime, fingerprint: FINGERPRINT, networks, agents });
  const AlgorithmSpecification = { TrainingImage: HOST_IMAGE, TrainingInputMode: 'File' } as const;
  return driver.refusal({ ...REQUEST, AlgorithmSpecification, ...change });
}

const fileSystem = (FileSystemAccessMode: 'ro' | 'rw', FileSystemId = 'fs-12345678') => ({
  InputDataConfig: [
    {
      ChannelName: 'train',
      DataSource: {
        FileSystemDataSource: {
          FileSystemId,
          FileSystemAccessMode,
          FileSystemType: 'EFS',
          DirectoryPath: '/',
        } as const,
      },
    },
  ],
});

const checkpoints = (LocalPath: string) => ({ CheckpointConfig: { S3Uri: 's3://data/c', LocalPath } });

describe('a machine with sandboxes', () => {
  const accepted: readonly [string, Partial<CreateTrainingJobRequest>][] = [
    ['a File channel', { InputDataConfig: [channel('train', 's3://data/p/')] }],
    ['a file system, read-only', fileSystem('ro')],
    ['a file system to write to', fileSystem('rw')],
    ['checkpoints in /opt/ml', checkpoints('/opt/ml/checkpoints')],
    ['checkpoints elsewhere', checkpoints('/state/of/mine')],
  ];
  for (const [what, change] of accepted)
    it(`takes ${what}`, async (t) => assert.equal(await refusal(t, change), undefined));

  const refused: readonly [string, Partial<CreateTrainingJobRequest>, RegExp][] = [
    [
      'a file system that is not configured',
      fileSystem('ro', 'fs-99999999'),
      /FileSystemId fs-99999999 .*setting fileSystems/,
    ],
    [
      'checkpoints in the way',
      checkpoints('/etc'),
      /^CheckpointConfig\.LocalPath can't be honoured .* would hide \/etc\/hosts/,
    ],
    [
      'a FastFile channel of an S3 that it can’t mount',
      { InputDataConfig: [{ ...channel('train', 's3://data/p/'), InputMode: 'FastFile' }] },
      /^InputDataConfig\.InputMode FastFile can't be honoured/,
    ],
  ];
  for (const [what, change, message] of refused)
    it(`refuses ${what}`, async (t) => assert.match((await refusal(t, change)) ?? '', message));
});

describe('a machine without sandboxes', () => {
  it('takes a file system to write to', async (t) => {
    assert.equal(await refusal(t, fileSystem('rw'), 'none'), undefined);
  });

  const refused: readonly [string, Partial<CreateTrainingJobRequest>, RegExp][] = [
    [
      'a read-only file system',
      fileSystem('ro'),
      /FileSystemDataSource can't .*Without a sandbox nothing can be shown read-only/,
    ],
    ['checkpoints elsewhere', checkpoints('/state'), /LocalPath can't .*outside of \/opt\/ml/],
    [
      'a FastFile channel',
      { InputDataConfig: [{ ...channel('train', 's3://data/p/'), InputMode: 'FastFile' }] },
      /FastFile can't .*Without a sandbox nothing can be shown read-only/,
    ],
  ];
  for (const [what, change, message] of refused)
    it(`refuses ${what}`, async (t) => assert.match((await refusal(t, change, 'none')) ?? '', message));
});
