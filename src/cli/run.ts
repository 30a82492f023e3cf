import { type Command, InvalidArgumentError, Option } from 'commander';
import { addPlaceOptions, examples, type PlaceFlags, reporting } from './command.ts';
import { count, seconds } from './option-values.ts';
import type { NameAndText, RunFlags } from './running/run-request.ts';

export interface RunCommandFlags extends RunFlags, PlaceFlags {
  readonly name?: string;
  readonly s3?: string;
  readonly follow: boolean;
  readonly output?: string;
  readonly stopDelay: number;
  readonly json?: boolean;
}

const NOTES = `
The working folder is sent along (what git ignores is not, nor .git and
./trainyard-output), is unpacked to /opt/ml/input/data/code, and the command
runs in it. Data of --channel train=… is in /opt/ml/input/data/train; what the
command leaves in /opt/ml/model is brought back.

Ctrl-C stops the job; a second one leaves it running.
Exit codes: 0 the job completed, 1 it failed, 130 it was stopped or left,
3 no server.`;

export function addRunCommand(program: Command): void {
  addPlaceOptions(program.command('run'))
    .summary('Train with the code of the working folder')
    .description(
      'Train with the code of the working folder: send it, run a command in a job, follow it, bring the model',
    )
    .argument('<command...>', 'what to run, after --')
    .option('--image <image>', 'the training image', 'trainyard/host:latest')
    .option('--instance-type <type>', 'what it runs on', 'ml.m5.large')
    .option('--instances <n>', 'how many of them', count, 1)
    .addOption(several('--channel <name=source>', 'data: a file, a folder or s3://… (repeat for more)'))
    .addOption(
      several('--metric <name=regex>', "a metric of the job's output: loss='loss=([0-9.]+)' (repeat)"),
    )
    .addOption(several('--hyperparameter <name=value>', 'in hyperparameters.json (repeat)'))
    .addOption(several('--env <NAME=value>', 'in the environment of the command (repeat)'))
    .option('--spot', 'on what other jobs leave over; may be interrupted')
    .option('--max-runtime <duration>', 'it is stopped after so long in Training (default 1d)', seconds)
    .option('--volume <gb>', 'how large its data may get', count, 30)
    .option('--role <role>', 'the role that it runs as', 'trainyard')
    .option('--name <name>', "the job's name (default: what is run, and the time)")
    .option('--s3 <uri>', 'where code, data and output go (default s3://sagemaker-REGION-ACCOUNT)')
    .option('--output <folder>', 'where the model goes (default ./trainyard-output/JOB)')
    .option('--no-follow', 'only start it')
    .addOption(
      new Option('--stop-delay <duration>', 'between a Ctrl-C and the stop, for a second one')
        .argParser(seconds)
        .default(2, '2s'),
    )
    .option('--json', 'with --no-follow: one JSON object with the name and the ARN of the job')
    .addHelpText(
      'after',
      `${NOTES}\n${examples(
        'trainyard run -- python3 train.py --epochs 10',
        'trainyard run --channel train=./data -- python3 train.py',
        "trainyard run --metric loss='loss=([0-9.]+)' -- python3 train.py",
        'trainyard run --instances 2 --spot --no-follow -- sh train.sh',
      )}`,
    )
    .action(
      reporting(async (command: readonly string[], flags: RunCommandFlags) => {
        const { runJob } = await import('./running/run-job.ts');
        process.exitCode = await runJob(command, flags);
      }),
    );
}

const several = (flags: string, description: string): Option =>
  new Option(flags, description).argParser(pairs).default([], 'none');

function pairs(text: string, before: readonly NameAndText[]): readonly NameAndText[] {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('name=value is expected');
  return [...before, [text.slice(0, at), text.slice(at + 1)]];
}
