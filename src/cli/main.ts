import { Command } from 'commander';
import { addClockCommand } from './clock.ts';
import { addEnvCommand } from './env.ts';
import { addExecCommand } from './exec.ts';
import { addFaultCommands } from './fault.ts';
import { addServeCommand } from './serve.ts';
import { version } from './version.ts';
import { addWatchCommand } from './watch.ts';

/** The `trainyard` command. Each command is a file of its own beside this one. */
const program = new Command('trainyard')
  .description("A self-hosted training service that speaks Amazon SageMaker's training API.")
  .version(version)
  .showHelpAfterError();
addServeCommand(program);
addEnvCommand(program);
addExecCommand(program);
addWatchCommand(program);
addFaultCommands(program);
addClockCommand(program);
await program.parseAsync();
