import { signedHeaders, urlOf } from '../client/connection.ts';
import { Refused, reasonOf, Unreachable } from '../client/training-api.ts';
import { OWN_SERVICE } from '../services/own-service.ts';
import { CommandFailed, type PlaceFlags } from './command.ts';

interface OwnRequest {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  /** Below `/_trainyard/`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
  readonly signal?: AbortSignal;
}

/** Sends a signed request to the server's own API. Throws `Unreachable`, `Refused`, and `CommandFailed` for its faults. */
export async function send({ dataDir, config }: PlaceFlags, request: OwnRequest): Promise<Response> {
  // Loaded here, so that other commands do not pay for the settings.
  const { serverOf } = await import('./server-of.ts');
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
    throw new Unreachable(server.url, reasonOf(error));
  });
  if (response.ok) return response;
  const complaint = await complaintOf(response);
  throw response.status < 500
    ? new Refused(String(response.status), complaint)
    : new CommandFailed(complaint);
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
