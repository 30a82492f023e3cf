import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { evaluate, openModel } from './demo/model.ts';
import type { Job } from './demo/observe.ts';
import { Screen } from './demo/screen.ts';
import { ServerProcess } from './demo/server.ts';
import { heldOutRows, Training } from './demo/training.ts';

/** After a Ctrl-C, for a script that does not catch SIGTERM yet: SageMaker's two minutes are too long for a demo. */
const STOP_GRACE_SECONDS = 3;

const HELP = `Usage: npm run demo [-- --keep]

Starts a Trainyard server on a temporary data directory, uploads a real data set, trains on it with
a plain Python script through the AWS SDK, and evaluates the model on rows that it has not seen.

Options:
  --keep  leave the data directory, so that a server can go on with it
  --help  this text
`;

const { values: options } = parseArgs({
  options: { keep: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
});

const screen = new Screen();
const interrupted = new AbortController();

if (options.help) {
  process.stdout.write(HELP);
} else {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => interrupted.abort(new Error(`ended by ${signal}`)));
  }
  try {
    await demo();
  } catch (error) {
    screen.endProgress();
    process.stderr.write(`The demo failed: ${(interrupted.signal.reason ?? error).message}\n`);
    process.exitCode = 1;
  }
}

async function demo(): Promise<void> {
  prepareMachine();
  const dataDir = await mkdtemp(join(tmpdir(), 'trainyard-demo-'));
  let server: ServerProcess | undefined;
  try {
    server = await ServerProcess.start({ dataDir, settings: { stop: { graceSeconds: STOP_GRACE_SECONDS } } });
    screen.fact('Server', `${server.url}, data in ${dataDir}`);
    const training = new Training(await server.clientEnvironment());
    await report(training, await run(training));
    howToGoOn(dataDir);
  } finally {
    await server?.stop();
    if (!options.keep) await rm(dataDir, { recursive: true, force: true });
  }
}

function prepareMachine(): void {
  const script = fileURLToPath(new URL('../scripts/prepare-machine', import.meta.url));
  const { status } = spawnSync(script, ['--quiet'], { stdio: 'inherit' });
  if (status !== 0) throw new Error('the machine is not prepared; the lines above say what to do');
}

/** Creates the job and shows it to its end. A job that is left early is stopped, for it would go on without us. */
async function run(training: Training): Promise<Job> {
  interrupted.signal.throwIfAborted();
  const location = await training.create();
  screen.fact('Input', `data and code, uploaded to ${location}`);
  screen.fact('Job', training.jobName);
  try {
    const observations = training.observe(interrupted.signal);
    for (;;) {
      const next = await observations.next();
      if (next.done) return next.value;
      screen.show(next.value);
    }
  } catch (error) {
    await training.stop().catch(() => {});
    throw error;
  } finally {
    screen.endProgress();
  }
}

async function report(training: Training, job: Job): Promise<void> {
  if (job.TrainingJobStatus !== 'Completed') {
    throw new Error(`the job ended as ${job.TrainingJobStatus}: ${job.FailureReason ?? 'it was stopped'}`);
  }
  const uri = job.ModelArtifacts?.S3ModelArtifacts;
  if (!uri) throw new Error('the job has no model');
  const model = await openModel(await training.download(uri));
  const { rows, right, baseline } = evaluate(model, await heldOutRows());
  screen.print();
  screen.fact('Model', uri);
  screen.fact(
    'Accuracy',
    `${share(right, rows)} on ${rows} held-out rows (always guessing the larger class: ${share(baseline, rows)})`,
  );
  screen.fact('Time', `${job.TrainingTimeInSeconds} s in training, ${job.BillableTimeInSeconds} s billable`);
  if (right <= baseline) throw new Error('the model learnt nothing');
}

function share(part: number, whole: number): string {
  return `${((100 * part) / whole).toFixed(1)} %`;
}

function howToGoOn(dataDir: string): void {
  const where = options.keep ? ` --data-dir ${dataDir}` : '';
  screen.print(`
Go on with a server of your own${options.keep ? ', on the data of this demo' : ''}:
  npx trainyard serve${where}
and in another terminal, with any SageMaker client:
  eval "$(npx trainyard env${where})"
  aws sagemaker list-training-jobs
  aws s3 ls --recursive s3://sagemaker-us-east-1-123456789012`);
}
