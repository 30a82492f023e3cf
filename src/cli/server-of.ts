import { type Connection, connectionFrom } from '../client/connection.ts';
import { BadSettings, loadSettings, type SettingFlags } from '../config/load-settings.ts';
import { layoutOf, readAddress, type ServerAddress } from '../server/data-folder.ts';
import { EXIT } from './exit-codes.ts';

/** The server that a command speaks to, when no data directory is named: the one of the environment, if it names one. */
export function serverOf(flags: SettingFlags): Connection {
  const named = flags.dataDir !== undefined || flags.config !== undefined;
  const connection =
    (named ? undefined : connectionFrom(process.env)) ?? connectionFrom(addressOf(flags).variables);
  if (!connection)
    fail(
      'the server of that data directory left no address: start it again with `trainyard serve`.',
      EXIT.noServer,
    );
  return connection;
}

/** Where the server of a data directory is, or was. */
export function addressOf(flags: SettingFlags): ServerAddress {
  const layout = layoutOf(dataDirOf(flags));
  const address = readAddress(layout);
  if (!address)
    fail(`no server has used ${layout.root} yet: start one with \`trainyard serve\`.`, EXIT.noServer);
  return address;
}

/** Ends the command with a sentence that says why. */
export function fail(message: string, code: number = EXIT.failed): never {
  console.error(`trainyard: ${message}`);
  process.exit(code);
}

/** The data directory that the flags and the settings name. */
export function dataDirOf(flags: SettingFlags): string {
  try {
    return loadSettings(flags).dataDir;
  } catch (error) {
    if (error instanceof BadSettings) fail(error.message);
    throw error;
  }
}
