import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServerProcess } from '../../examples/demo/server.ts';
import { clientEnvironment } from './environment.ts';

const limited = ['s3://sagemaker-us-east-1-123456789012/limited/'];

const sdkSettings = {
  roles: ['trainyard', { name: 'limited', read: limited, write: limited }],
  // A stop in the suites is not waited for.
  stop: { graceSeconds: 20 },
  proxy: { jobs: true },
  // What the SDK's estimators of frameworks name is this machine with its script runner here.
  images: {
    names: Object.fromEntries(
      ['pytorch-training', 'sagemaker-scikit-learn', 'sagemaker-xgboost'].map((repository) => [
        `*/${repository}:*`,
        'trainyard/script:latest',
      ]),
    ),
  },
};

interface OwnServer {
  readonly settings?: object;
  /** Of `trainyard env`. */
  readonly flags?: readonly string[];
  /** Hears what the server says. */
  readonly onLine?: (line: string) => void;
}

/** Runs something against a server of its own, with the variables that `trainyard env` prints. */
export async function withServer<T>(
  { settings = {}, flags = [], onLine }: OwnServer,
  work: (variables: Readonly<Record<string, string>>) => Promise<T>,
): Promise<T> {
  const dataDir = await mkdtemp(join(tmpdir(), 'trainyard-acceptance-'));
  let server: ServerProcess | undefined;
  try {
    server = await ServerProcess.start({ dataDir, settings, ...(onLine && { onLine }) });
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
  settings: object = sdkSettings,
): Promise<T> {
  const noSettings = await mkdtemp(join(tmpdir(), 'trainyard-no-settings-'));
  try {
    return await withServer({ settings, flags: ['--proxy'] }, ({ AWS_ENDPOINT_URL = '', ...others }) =>
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
