import { Command } from 'commander';
import { addEnvCommand } from './env.ts';
import { addExecCommand } from './exec.ts';
import { addServeCommand } from './serve.ts';
import { version } from './version.ts';

/** The `trainyard` command. Each command is a file of its own beside this one. */
const program = new Command('trainyard')
  .description("A self-hosted training service that speaks Amazon SageMaker's training API.")
  .version(version)
  .showHelpAfterError();
addServeCommand(program);
addEnvCommand(program);
addExecCommand(program);
await program.parseAsync();
