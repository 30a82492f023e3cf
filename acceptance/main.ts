import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ServerProcess } from '../examples/demo/server.ts';
import { add, type Counts, render } from './harness/counts.ts';
import { clientEnvironment } from './harness/environment.ts';
import { Unavailable } from './harness/python.ts';
import { type Suite, suites } from './harness/suites.ts';

const HELP = `Usage: acceptance/run [--against-environment] [SUITE...]

Runs real clients against a real server, which it starts on a temporary data directory.
Suites: ${suites.map(({ name }) => name).join(', ')}. Without a name, all.

Options:
  --against-environment  use the server that AWS_ENDPOINT_URL and the other AWS_ variables point to
  --help                 this text

A suite whose tools can't be had is skipped, saying why; with CI=true that is a failure.
The last line is 'N passed, N failed'. Exits with 1 when something failed or nothing ran.
`;

const { values: options, positionals } = parseArgs({
  options: {
    'against-environment': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});

// An orderly exit, at which the server is ended too.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const unknown = positionals.filter((name) => !suites.some((suite) => suite.name === name));
if (options.help) {
  process.stdout.write(HELP);
} else if (unknown.length > 0) {
  process.stderr.write(`There is no suite ${unknown.join(', ')}.\n\n${HELP}`);
  process.exitCode = 2;
} else {
  const counts = await runAll(
    suites.filter(({ name }) => positionals.length === 0 || positionals.includes(name)),
  );
  process.stdout.write(`${render(counts)}\n`);
  process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0;
}

async function runAll(chosen: readonly Suite[]): Promise<Counts> {
  if (options['against-environment']) return runEach(chosen, process.env);
  if (!chosen.some(({ needsServer }) => needsServer)) return runEach(chosen, clientEnvironment({}));
  const dataDir = await mkdtemp(join(tmpdir(), 'trainyard-acceptance-'));
  const lastLines: string[] = [];
  let server: ServerProcess | undefined;
  try {
    server = await ServerProcess.start({
      dataDir,
      // Jobs of several instances fit on the smallest machine.
      settings: { executors: { process: { maxInstances: 4 } } },
      onLine: (line) => lastLines.push(line),
    });
    const counts = await runEach(chosen, clientEnvironment({ ...(await server.clientEnvironment()) }));
    if (counts.failed > 0) process.stdout.write(['The server said:', ...lastLines.slice(-50), ''].join('\n'));
    return counts;
  } finally {
    await server?.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function runEach(chosen: readonly Suite[], environment: NodeJS.ProcessEnv): Promise<Counts> {
  let sum: Counts = { passed: 0, failed: 0, skipped: 0 };
  const summary: string[] = [];
  for (const suite of chosen) {
    process.stdout.write(`\n── ${suite.name}: ${suite.what}\n`);
    const counts = await runOne(suite, environment);
    summary.push(`${suite.name.padEnd(12)} ${render(counts)}`);
    sum = add(sum, counts);
  }
  if (sum.failures) process.stdout.write(`\nWhat failed:\n${sum.failures}\n`);
  process.stdout.write(`\n${summary.join('\n')}\n`);
  return sum;
}

async function runOne(suite: Suite, environment: NodeJS.ProcessEnv): Promise<Counts> {
  const started = Date.now();
  try {
    return await suite.run(environment);
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    const mustRun = process.env.CI === 'true';
    process.stdout.write(`${mustRun ? 'FAILED' : 'SKIPPED'}: ${error.message}\n`);
    return mustRun ? { passed: 0, failed: 1, skipped: 0 } : { passed: 0, failed: 0, skipped: 1 };
  } finally {
    process.stdout.write(`(${suite.name} took ${Math.round((Date.now() - started) / 1000)} s)\n`);
  }
}
