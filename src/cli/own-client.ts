import type { Command } from 'commander';
import type { SettingFlags } from '../config/load-settings.ts';
import { OWN_SERVICE } from '../services/own-service.ts';
import { serverOf } from './server-of.ts';

/** Where to find the server that a command speaks to. */
export type PlaceFlags = Pick<SettingFlags, 'dataDir' | 'config'>;

/** The command can't do what it was asked for; the message says why. */
export class CommandFailed extends Error {
  /** The server was reached, and refused. */
  readonly isRefusal: boolean;

  constructor(message: string, isRefusal = false) {
    super(message);
    this.name = 'CommandFailed';
    this.isRefusal = isRefusal;
  }
}

/** The options of every command that speaks to a server. */
export const addPlaceOptions = (command: Command): Command =>
  command
    .option(
      '--data-dir <folder>',
      "the server's data directory (default: the server of AWS_ENDPOINT_URL, if it is set)",
    )
    .option('--config <file>', 'the settings file (default trainyard.yaml, if there is one)');

/** Runs a command: what it can't do is told in a line, with exit code 1. */
export function reporting<Args extends unknown[]>(action: (...args: Args) => Promise<void>) {
  return async (...args: Args): Promise<void> => {
    try {
      await action(...args);
    } catch (error) {
      if (!(error instanceof CommandFailed)) throw error;
      console.error(`trainyard: ${error.message}`);
      process.exitCode = 1;
    }
  };
}

interface OwnRequest {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  /** Below `/_trainyard/`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
  readonly signal?: AbortSignal;
}

/** Sends a signed request to the server's own API. Throws `CommandFailed` when it is not reached or refuses. */
export async function send({ dataDir, config }: PlaceFlags, request: OwnRequest): Promise<Response> {
  // Loaded here, so that other commands do not pay for the signer.
  const { signedHeaders, urlOf } = await import('../client/connection.ts');
  const { method = 'GET', path, query = {}, headers, body, signal } = request;
  const server = serverOf({ dataDir, config });
  const signable = {
    method,
    path: `/_trainyard/${path}`,
    parameters: Object.entries(query),
    headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  };
  const { host: _, ...signed } = await signedHeaders(server, signable, OWN_SERVICE);
  const response = await fetch(urlOf(server, signable), {
    method,
    headers: signed,
    ...(signable.body && { body: signable.body }),
    ...(signal && { signal }),
  }).catch((error) => {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const why = cause instanceof Error ? cause.message : cause;
    throw new CommandFailed(`no server answers at ${server.url}: ${why}`);
  });
  if (!response.ok) throw new CommandFailed(await complaintOf(response), response.status < 500);
  return response;
}

/** The JSON of an answer. */
export async function call<Answer>(flags: PlaceFlags, request: OwnRequest): Promise<Answer> {
  const response = await send(flags, request);
  return (await response.json()) as Answer;
}

async function complaintOf(response: Response): Promise<string> {
  const text = await response.text();
  try {
    const { message } = JSON.parse(text) as { message?: string };
    if (message) return message;
  } catch {
    // It is not ours: a proxy's page, say.
  }
  return `the server answered ${response.status}`;
}
