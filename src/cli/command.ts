import { type Command, Help, Option } from 'commander';
import { Refused, TrainingApi, Unreachable } from '../client/training-api.ts';
import type { SettingFlags } from '../config/load-settings.ts';
import { EXIT } from './exit-codes.ts';
import { refusalText } from './refusal-text.ts';

/** Where to find the server that a command speaks to. */
export type PlaceFlags = Pick<SettingFlags, 'dataDir' | 'config'>;

/** The command can't do what it was asked for; the message says why. */
export class CommandFailed extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number = EXIT.failed) {
    super(message);
    this.name = 'CommandFailed';
    this.exitCode = exitCode;
  }
}

/** Where `--help` names them: below what the command is about. */
const WHICH_SERVER = 'Which server:';

/** The options of every command that speaks to a server. */
export const addPlaceOptions = (command: Command): Command =>
  command
    .addOption(
      new Option(
        '--data-dir <folder>',
        "the server's data directory (default: the server of AWS_ENDPOINT_URL, if it is set)",
      ).helpGroup(WHICH_SERVER),
    )
    .addOption(
      new Option('--config <file>', 'the settings file (default trainyard.yaml, if there is one)').helpGroup(
        WHICH_SERVER,
      ),
    );

/** What the command is about comes first in its `--help`, and which server it speaks to last. */
export const helpOrder: Partial<Help> = {
  groupItems<Item extends Command | Option>(
    unsorted: Item[],
    visible: Item[],
    groupOf: (item: Item) => string,
  ): Map<string, Item[]> {
    const groups = new Help().groupItems(unsorted, visible, groupOf);
    const place = groups.get(WHICH_SERVER);
    if (place && groups.delete(WHICH_SERVER)) groups.set(WHICH_SERVER, place);
    return groups;
  },
};

/** What a command's `--help` ends with. */
export const examples = (...lines: readonly string[]): string =>
  ['', 'Examples:', ...lines.map((line) => `  ${line}`)].join('\n');

/** The API of the server that the flags name. */
export async function apiOf({ dataDir, config }: PlaceFlags): Promise<TrainingApi> {
  // Loaded here, so that other commands do not pay for the settings.
  const { serverOf } = await import('./server-of.ts');
  return new TrainingApi(() => serverOf({ dataDir, config }));
}

/** Runs a command: what it can't do is told in a line, with the exit code that says of what kind it is. */
export function reporting<Args extends unknown[]>(action: (...args: Args) => Promise<void>) {
  return async (...args: Args): Promise<void> => {
    try {
      await action(...args);
    } catch (error) {
      const failure = failureOf(error);
      if (!failure) throw error;
      console.error(`trainyard: ${failure.message}`);
      process.exitCode = failure.exitCode;
    }
  };
}

/** What a person is told of an error; undefined: it is one of ours. */
export function failureOf(error: unknown): CommandFailed | undefined {
  if (error instanceof CommandFailed) return error;
  if (error instanceof Unreachable)
    return new CommandFailed(`${error.message}. Start it with \`trainyard serve\`.`, EXIT.noServer);
  if (error instanceof Refused) return new CommandFailed(refusalText(error));
  // By name: its module would bring S3 along.
  if (error instanceof Error && error.name === 'ObjectStorageError') return new CommandFailed(error.message);
  if (error instanceof Error && 'syscall' in error && 'path' in error)
    return new CommandFailed(error.message);
  return undefined;
}
