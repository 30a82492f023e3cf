import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { networkInterfaceOf } from '../algorithm/network.ts';
import type { Hook } from '../hook.ts';
import type { InstancePlan } from '../instance-agent.ts';
import { initConfig } from './init-config.ts';
import { inputDataConfig } from './input-data-config.ts';
import { resourceConfig } from './resource-config.ts';
import { trainingJobConfig } from './training-job-config.ts';

/** The content of each file in `/opt/ml/input/config` (training contract §1.2). */
const CONFIG_FILES: Readonly<Record<string, (plan: InstancePlan) => object>> = {
  'hyperparameters.json': ({ request }) => request.HyperParameters ?? {},
  'inputdataconfig.json': inputDataConfig,
  'resourceconfig.json': (plan) => resourceConfig(plan, networkInterfaceOf(plan)),
  'init-config.json': initConfig,
  'metric-definition-regex.json': ({ request }) => request.AlgorithmSpecification?.MetricDefinitions ?? [],
  'trainingjobconfig.json': trainingJobConfig,
  'upstreamoutputdataconfig.json': () => [],
};

export const writeConfigFiles: Hook = {
  name: 'write the config files',
  async run({ plan, folder }) {
    for (const [name, content] of Object.entries(CONFIG_FILES)) {
      const path = join(folder.ml, 'input', 'config', name);
      await writeFile(path, JSON.stringify(content(plan)), { mode: 0o644 });
    }
  },
};
