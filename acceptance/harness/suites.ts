import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { awsCli2 } from './aws-cli-2.ts';
import { run } from './command.ts';
import { containersLeft, withContainers } from './containers.ts';
import { add, type Counts, countsOfSpec } from './counts.ts';
import { clientEnvironment } from './environment.ts';
import { notebookClients, pythonClients, sageMakerSdk } from './python.ts';
import { withSdkServer, withServer } from './sdk-server.ts';
import { SETTINGS } from './server-settings.ts';

/** Jobs of several instances fit on the smallest machine. */
const FOUR_INSTANCES = { executors: { process: { maxInstances: 4 } } };

const home = fileURLToPath(new URL('..', import.meta.url));

export interface Suite {
  readonly name: string;
  readonly what: string;
  /** False for a suite that starts its own. */
  readonly needsServer: boolean;
  /** Rejects with `Unavailable` when its tools can't be had. */
  run(environment: NodeJS.ProcessEnv): Promise<Counts>;
}

export const suites: readonly Suite[] = [
  {
    name: 'boto3',
    what: 'the AWS SDK for Python',
    needsServer: true,
    run: async (environment) => python('boto3', await pythonClients(), environment),
  },
  {
    name: 'aws-cli',
    what: 'the AWS CLI',
    needsServer: true,
    run: async (environment) => python('aws-cli', await pythonClients(), environment),
  },
  {
    name: 'aws-cli-2',
    what: 'version 2 of the AWS CLI, told of no endpoint, and of one',
    needsServer: false,
    run: awsCliByProxy,
  },
  {
    name: 'javascript',
    what: 'the AWS SDK for JavaScript',
    needsServer: true,
    run: (environment) => node('javascript', environment),
  },
  {
    name: 'docker',
    what: 'the AWS SDK for JavaScript and sessions, with jobs in containers',
    needsServer: false,
    run: inContainers,
  },
  {
    name: 'docker-crash',
    what: 'kill -9 of the server at many instants, with jobs in containers',
    needsServer: false,
    run: (environment) =>
      withContainers((settings) => node('crash', { ...environment, [SETTINGS]: JSON.stringify(settings) })),
  },
  {
    name: 'sdk2',
    what: 'version 2 of the SageMaker Python SDK',
    needsServer: false,
    run: () => sdk(2),
  },
  {
    name: 'sdk3',
    what: 'version 3 of the SageMaker Python SDK, told of no endpoint',
    needsServer: false,
    run: () => sdk(3),
  },
  {
    name: 'notebooks',
    what: 'the example notebooks, to their ends',
    needsServer: false,
    run: () => notebooks(),
  },
  {
    name: 'docs',
    what: 'the pages for users, run as they are written',
    needsServer: false,
    run: (environment) => node('docs', environment),
  },
  {
    name: 'paws',
    what: 'recorded requests of the AWS SDK for Perl',
    needsServer: false,
    run: (environment) => node('paws', environment),
  },
  {
    name: 'crash',
    what: 'kill -9 of the server at many instants',
    needsServer: false,
    run: (environment) => node('crash', environment),
  },
  {
    name: 'terminal',
    what: 'the commands, without a terminal and in one',
    needsServer: false,
    run: (environment) => node('terminal', environment),
  },
  {
    name: 'lifecycle',
    what: 'spot interruptions, retries, sessions in running jobs',
    needsServer: false,
    run: (environment) => node('lifecycle', environment),
  },
  {
    name: 'faults',
    what: 'faults on demand, the test clock, events and webhooks',
    needsServer: false,
    run: (environment) => node('faults', environment),
  },
  {
    name: 'images',
    what: 'images from a registry, by name, password and layout',
    needsServer: false,
    run: (environment) => node('images', environment),
  },
  {
    name: 'clusters',
    what: 'jobs of two instances: torchrun, MPI, networks',
    needsServer: false,
    run: (environment) => node('clusters', environment),
  },
  {
    name: 'web',
    what: 'the page, in Chromium',
    needsServer: false,
    run: (environment) => node('web', environment),
  },
  {
    name: 'package',
    what: 'the published package in an empty folder',
    needsServer: false,
    run: (environment) => node('package', environment),
  },
  { name: 'demo', what: 'npm run demo', needsServer: false, run: (environment) => node('demo', environment) },
];

/** Runs the cases of the JavaScript client against a server whose jobs are containers, and those of sessions, which start their own. */
function inContainers(environment: NodeJS.ProcessEnv): Promise<Counts> {
  return withContainers(async (settings, podman) => {
    const ofClient = await withTalkingServer(settings, async (server) => {
      const counts = await node('javascript', { ...environment, ...server });
      const left = await containersLeft(podman);
      if (left === '') return counts;
      process.stdout.write(`Containers were left behind: ${left}\n`);
      return { ...counts, failed: counts.failed + 1 };
    });
    const withSettings = { ...environment, [SETTINGS]: JSON.stringify(settings) };
    return add(ofClient, await node('lifecycle', withSettings, ['exec.test.ts']));
  });
}

/** Runs tests against a server with such settings, and tells what that said last when some failed. */
async function withTalkingServer(
  settings: object,
  work: (environment: NodeJS.ProcessEnv) => Promise<Counts>,
): Promise<Counts> {
  const lines: string[] = [];
  return withServer({ settings, onLine: (line) => lines.push(line) }, async (variables) => {
    const counts = await work(variables);
    if (counts.failed > 0) process.stdout.write(['The server said:', ...lines.slice(-50), ''].join('\n'));
    return counts;
  });
}

/** Runs the unittest files of a folder. They share the modules in `python/`. */
async function python(folder: string, bin: string, environment: NodeJS.ProcessEnv): Promise<Counts> {
  return counted(async (file) => {
    await run(join(bin, 'python'), [join(home, 'python/run_suite.py'), join(home, folder), file], {
      ...environment,
      PATH: `${bin}${delimiter}${environment.PATH}`,
      PYTHONPATH: join(home, 'python'),
      PYTHONDONTWRITEBYTECODE: '1',
    });
    return JSON.parse(await readFile(file, 'utf8'));
  });
}

/** Runs the cases of the AWS CLI by version 2 of it, which finds the server by the proxy alone. */
async function awsCliByProxy(): Promise<Counts> {
  const AWS_CLI_2 = await awsCli2();
  const bin = await pythonClients();
  return withServer(
    { settings: FOUR_INSTANCES, flags: ['--proxy'] },
    ({ AWS_ENDPOINT_URL: _, ...variables }) =>
      python('aws-cli-2', bin, clientEnvironment({ ...variables, AWS_CLI_2 })),
  );
}

/** Runs the unittest files of a SageMaker SDK, as it is, against a server that has the images which it names. */
async function sdk(version: 2 | 3): Promise<Counts> {
  const bin = await sageMakerSdk(version);
  return withSdkServer(version, (environment) => python(`sdk${version}`, bin, environment));
}

/** Runs the example notebooks against a server with the settings that they come with. */
async function notebooks(): Promise<Counts> {
  const bin = await notebookClients();
  const settings = await readFile(join(home, '../examples/notebooks/trainyard.yaml'), 'utf8');
  return withSdkServer(2, (environment) => python('notebooks', bin, environment), parse(settings));
}

/** Runs the node:test files of a folder, one after the other: they share the machine's instances. */
async function node(
  folder: string,
  environment: NodeJS.ProcessEnv,
  only?: readonly string[],
): Promise<Counts> {
  const names =
    only ?? (await readdir(join(home, folder))).filter((name) => name.endsWith('.test.ts')).sort();
  const tests = names.map((name) => join(home, folder, name));
  return counted(async (file) => {
    const reporters = [
      ['--test-reporter=spec', '--test-reporter-destination=stdout'],
      ['--test-reporter=spec', `--test-reporter-destination=${file}`],
    ].flat();
    await run(process.execPath, ['--test', '--test-concurrency=1', ...reporters, ...tests], environment);
    return countsOfSpec(await readFile(file, 'utf8'));
  });
}

/** A runner that ends without telling its counts has failed. */
async function counted(run: (file: string) => Promise<Counts>): Promise<Counts> {
  const folder = await mkdtemp(join(tmpdir(), 'trainyard-counts-'));
  try {
    const counts = await run(join(folder, 'counts'));
    return counts.passed + counts.failed > 0 ? counts : { ...counts, failed: 1 };
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    process.stdout.write('The suite ended before it told what passed.\n');
    return { passed: 0, failed: 1, skipped: 0 };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
