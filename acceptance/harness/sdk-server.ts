import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServerProcess } from '../../examples/demo/server.ts';
import { clientEnvironment } from './environment.ts';

/** The images that the SDK's estimators of frameworks name, each of which is this machine with its script runner here. */
const IMAGES = [
  '763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.3-cpu-py311',
  '683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3',
  '683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1',
];

const settings = {
  // A stop in the suites is not waited for.
  stop: { graceSeconds: 20 },
  executors: {
    process: { images: Object.fromEntries(IMAGES.map((name) => [name, { root: '/', script: true }])) },
  },
};

/** Runs something against a server of its own, with the environment that `trainyard env --proxy` prints; version 3 gets no endpoint. */
export async function withSdkServer<T>(
  version: 2 | 3,
  work: (environment: NodeJS.ProcessEnv) => Promise<T>,
): Promise<T> {
  const dataDir = await mkdtemp(join(tmpdir(), 'trainyard-acceptance-'));
  let server: ServerProcess | undefined;
  try {
    server = await ServerProcess.start({ dataDir, settings });
    const { AWS_ENDPOINT_URL, ...others } = await server.clientEnvironment('--proxy');
    const variables = version === 3 ? others : { AWS_ENDPOINT_URL, ...others };
    return await work(
      clientEnvironment({
        ...variables,
        SAGEMAKER_SUPPRESS_V2_WARNING: '1',
        // Neither asks the machine's own settings.
        ...{ XDG_CONFIG_HOME: dataDir, XDG_CONFIG_DIRS: dataDir },
      }),
    );
  } finally {
    await server?.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}
