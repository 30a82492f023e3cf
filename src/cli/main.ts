import { Command } from 'commander';
import { addClockCommand } from './clock.ts';
import { examples, helpOrder } from './command.ts';
import { addCompletionCommand } from './completion.ts';
import { addCpCommand } from './cp.ts';
import { addDescribeCommand } from './describe.ts';
import { addDoctorCommand } from './doctor.ts';
import { addEnvCommand } from './env.ts';
import { addExecCommand } from './exec.ts';
import { EXIT } from './exit-codes.ts';
import { addFaultCommands } from './fault.ts';
import { addLogsCommand } from './logs.ts';
import { addLsCommand } from './ls.ts';
import { addOpenCommand } from './open.ts';
import { addRmCommand } from './rm.ts';
import { addRunCommand } from './run.ts';
import { addServeCommand } from './serve.ts';
import { addStopCommand } from './stop.ts';
import { version } from './version.ts';
import { addWatchCommand } from './watch.ts';

/** The `trainyard` command. Each command is a file of its own beside this one. */
const program = new Command('trainyard')
  .description("A self-hosted training service that speaks Amazon SageMaker's training API.")
  .version(version)
  .configureHelp(helpOrder)
  .addHelpText(
    'after',
    examples(
      'trainyard doctor                   # can this machine run jobs?',
      'trainyard serve &                  # the server; prints a link to its page',
      'trainyard run -- python3 train.py  # train with the code of this folder',
      'eval "$(trainyard env)"            # and then aws, boto3, sagemaker, …',
    ),
  )
  .showHelpAfterError('(--help says more)')
  // Before the commands, which inherit it.
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? EXIT.done : EXIT.usage));
// Whoever reads our output may have seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});
addServeCommand(program);
addEnvCommand(program);
addRunCommand(program);
addLsCommand(program);
addDescribeCommand(program);
addLogsCommand(program);
addStopCommand(program);
addRmCommand(program);
addCpCommand(program);
addOpenCommand(program);
addExecCommand(program);
addWatchCommand(program);
addFaultCommands(program);
addClockCommand(program);
addDoctorCommand(program);
addCompletionCommand(program);
await program.parseAsync();
