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

const sdkSettings = {
  // A stop in the suites is not waited for.
  stop: { graceSeconds: 20 },
  proxy: { jobs: true },
  executors: {
    process: { images: Object.fromEntries(IMAGES.map((name) => [name, { root: '/', script: true }])) },
  },
};

interface OwnServer {
  readonly settings?: object;
  /** Of `trainyard env`. */
  readonly flags?: readonly string[];
}

/** Runs something against a server of its own, with the variables that `trainyard env` prints. */
export async function withServer<T>(
  { settings = {}, flags = [] }: OwnServer,
  work: (variables: Readonly<Record<string, string>>) => Promise<T>,
): Promise<T> {
  const dataDir = await mkdtemp(join(tmpdir(), 'trainyard-acceptance-'));
  let server: ServerProcess | undefined;
  try {
    server = await ServerProcess.start({ dataDir, settings });
    return await work({ ...(await server.clientEnvironment(...flags)) });
  } finally {
    await server?.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** Runs something against a server that has the images of the SDK's frameworks. Version 3 is told of no endpoint. */
export async function withSdkServer<T>(
  version: 2 | 3,
  work: (environment: NodeJS.ProcessEnv) => Promise<T>,
): Promise<T> {
  const noSettings = await mkdtemp(join(tmpdir(), 'trainyard-no-settings-'));
  try {
    return await withServer(
      { settings: sdkSettings, flags: ['--proxy'] },
      ({ AWS_ENDPOINT_URL = '', ...others }) =>
        work(
          clientEnvironment({
            ...others,
            ...(version === 2 && { AWS_ENDPOINT_URL }),
            SAGEMAKER_SUPPRESS_V2_WARNING: '1',
            // Where the SDK looks for settings of the machine's and the user's own.
            ...{ XDG_CONFIG_HOME: noSettings, XDG_CONFIG_DIRS: noSettings },
          }),
        ),
    );
  } finally {
    await rm(noSettings, { recursive: true, force: true });
  }
}
