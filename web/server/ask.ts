import { ROOT } from '../router.tsx';

/** The server refused, in its own words, or was not reached. */
export class ServerError extends Error {
  /** AWS's name of the error; `Unreachable` when nobody answered. */
  readonly code: string;
  /** HTTP's; 0 when nobody answered. */
  readonly status: number;

  constructor(code: string, message: string, status = 0) {
    super(message);
    this.name = 'ServerError';
    this.code = code;
    this.status = status;
  }

  /** Whether what was asked for is not there. SageMaker has no code of its own for it. */
  get isOfNothing(): boolean {
    return this.code === 'NoSuchBucket' || this.message === 'Requested resource not found.';
  }

  /** Whether the same may go well another time. */
  get mayPass(): boolean {
    return this.status === 0 || this.status >= 500 || this.status === 408 || this.status === 429;
  }
}

export type Query = Readonly<Record<string, string | number | readonly string[] | undefined>>;

/** What no other site's script can send. */
export const PAGE_HEADERS = { 'X-Trainyard-Page': '1' };

/** Asks one of the page's own endpoints. */
export const ask = async <Answer>(name: string, query: Query = {}, signal?: AbortSignal): Promise<Answer> =>
  (await (await send(`page/${name}${queryText(query)}`, signal ? { signal } : {})).json()) as Answer;

/** Calls an operation of an AWS service of this server. */
export async function call<Answer>(service: string, operation: string, input: object): Promise<Answer> {
  const response = await send(`api/${service}/${operation}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(input),
  });
  return (await response.json()) as Answer;
}

/** Sends a request below the page's root. Throws `ServerError`; without a session it leads to the sign-in. */
export async function send(path: string, init: RequestInit = {}): Promise<Response> {
  const response = await fetch(ROOT + path, { ...init, headers: { ...PAGE_HEADERS, ...init.headers } }).catch(
    (error: unknown) => {
      if (error instanceof DOMException && error.name === 'AbortError') throw error;
      throw new ServerError('Unreachable', 'The server does not answer. It is tried again.');
    },
  );
  if (response.ok) return response;
  if (response.status === 401) leaveForSignIn();
  throw await errorOf(response);
}

function leaveForSignIn(): void {
  location.assign(`${ROOT}sign-in?to=${encodeURIComponent(location.pathname + location.search)}`);
}

async function errorOf(response: Response): Promise<ServerError> {
  const text = await response.text();
  try {
    const { __type: code = 'Error', message = text } = JSON.parse(text) as {
      __type?: string;
      message?: string;
    };
    return new ServerError(code, message, response.status);
  } catch {
    const message = /<Message>(.*?)<\/Message>/s.exec(text)?.[1] ?? `The server answered ${response.status}.`;
    return new ServerError(/<Code>(.*?)<\/Code>/s.exec(text)?.[1] ?? 'Error', message, response.status);
  }
}

export function queryText(query: Query): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const each of Array.isArray(value) ? value : value === undefined ? [] : [value])
      parameters.append(name, String(each));
  }
  return parameters.size > 0 ? `?${parameters}` : '';
}
