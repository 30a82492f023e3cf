import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CreateTrainingJobRequest } from '../../model/types.generated.ts';
import { localPathOf, type SyncedMember } from '../../training/local-paths.ts';
import type { Hook } from '../hook.ts';
import type { InstancePlan } from '../instance-agent.ts';
import type { InstanceNetwork } from '../instance-network.ts';
import { outputUri } from '../sync/output-uri.ts';
import { debugHookConfig } from './debug-hook-config.ts';
import { initConfig } from './init-config.ts';
import { inputDataConfig } from './input-data-config.ts';
import { profilerConfig } from './profiler-config.ts';
import { resourceConfig } from './resource-config.ts';
import { trainingJobConfig } from './training-job-config.ts';

/** The content of each file in `/opt/ml/input/config` (training contract §1.2). Undefined: the job has no such file. */
const CONFIG_FILES: Readonly<
  Record<string, (plan: InstancePlan, network: InstanceNetwork) => object | undefined>
> = {
  'hyperparameters.json': ({ request }) => request.HyperParameters ?? {},
  'inputdataconfig.json': inputDataConfig,
  'resourceconfig.json': (plan, network) => resourceConfig(plan, network.interfaceName),
  'init-config.json': initConfig,
  'metric-definition-regex.json': ({ request }) => request.AlgorithmSpecification?.MetricDefinitions ?? [],
  'trainingjobconfig.json': trainingJobConfig,
  'upstreamoutputdataconfig.json': () => [],
  'checkpointconfig.json': ({ request }) => localPathFile(request, 'CheckpointConfig'),
  'tensorboardoutputconfig.json': (plan) =>
    plan.request.TensorBoardOutputConfig && {
      S3OutputPath: outputUri(plan.request, 'TensorBoardOutputConfig'),
      ...localPathFile(plan.request, 'TensorBoardOutputConfig'),
    },
  'debughookconfig.json': debugHookConfig,
  'profilerconfig.json': profilerConfig,
};

export const writeConfigFiles: Hook = {
  name: 'write the config files',
  async run({ plan, folder, environment }) {
    const network = await environment.networks.join(plan);
    for (const [name, content] of Object.entries(CONFIG_FILES)) {
      const path = join(folder.ml, 'input', 'config', name);
      const value = content(plan, network);
      if (value !== undefined) writeFileSync(path, JSON.stringify(value), { mode: 0o644 });
    }
  },
};

function localPathFile(request: CreateTrainingJobRequest, member: SyncedMember): object | undefined {
  const LocalPath = localPathOf(request, member);
  return LocalPath === undefined ? undefined : { LocalPath };
}
