import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { type Settings, settingsSchema } from './settings.ts';

/** What was given on the command line. */
export interface SettingFlags {
  readonly config?: string | undefined;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly dataDir?: string | undefined;
  readonly testClock?: boolean | undefined;
}

/** The settings can't be used; the message says which and why, a line each. */
export class BadSettings extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'BadSettings';
  }
}

/** The file that is read when none is named, if it exists. */
const DEFAULT_FILE = 'trainyard.yaml';

/** The settings from, weakest first: the defaults, the file, the environment (`TRAINYARD_…`), the flags. Throws `BadSettings`. */
export function loadSettings(flags: SettingFlags, environment: NodeJS.ProcessEnv = process.env): Settings {
  const named = flags.config ?? environment.TRAINYARD_CONFIG;
  const file = readSettingsFile(named ?? DEFAULT_FILE, named !== undefined);
  const result = settingsSchema.safeParse({
    ...file,
    ...given(fromEnvironment(environment)),
    ...given(flagsOnly(flags)),
  });
  if (!result.success) throw new BadSettings(z.prettifyError(result.error));
  return { ...result.data, dataDir: resolve(fromHome(result.data.dataDir)) };
}

/** A settings file is no shell, and a shell leaves `--data-dir=~/x` as it is. */
const fromHome = (path: string): string => (/^~(?=\/|$)/.test(path) ? join(homedir(), path.slice(1)) : path);

function readSettingsFile(path: string, required: boolean): Record<string, unknown> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (!required && (error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new BadSettings(`the configuration can't be read: ${(error as Error).message}`);
  }
  try {
    const content: unknown = parse(text) ?? {};
    if (typeof content === 'object' && !Array.isArray(content)) return content as Record<string, unknown>;
  } catch (error) {
    throw new BadSettings(`${path}: ${(error as Error).message}`);
  }
  throw new BadSettings(`${path}: a mapping of settings is expected`);
}

const fromEnvironment = (environment: NodeJS.ProcessEnv) => ({
  host: environment.TRAINYARD_HOST,
  port: environment.TRAINYARD_PORT === undefined ? undefined : Number(environment.TRAINYARD_PORT),
  dataDir: environment.TRAINYARD_DATA_DIR,
});

const flagsOnly = ({ config: _, ...rest }: SettingFlags) => rest;

const given = (values: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
