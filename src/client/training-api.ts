import type {
  CreateTrainingJobRequest,
  CreateTrainingJobResponse,
  DeleteTrainingJobRequest,
  DescribeLogStreamsRequest,
  DescribeLogStreamsResponse,
  DescribeTrainingJobRequest,
  DescribeTrainingJobResponse,
  GetLogEventsRequest,
  GetLogEventsResponse,
  ListTrainingJobsRequest,
  ListTrainingJobsResponse,
  StopTrainingJobRequest,
} from '../model/types.generated.ts';
import { type ApiRequest, type Connection, signedHeaders, urlOf } from './connection.ts';

/** The operations that our commands use: what goes in, and what comes out. */
interface Operations {
  readonly CreateTrainingJob: [CreateTrainingJobRequest, CreateTrainingJobResponse];
  readonly DescribeTrainingJob: [DescribeTrainingJobRequest, DescribeTrainingJobResponse];
  readonly ListTrainingJobs: [ListTrainingJobsRequest, ListTrainingJobsResponse];
  readonly StopTrainingJob: [StopTrainingJobRequest, undefined];
  readonly DeleteTrainingJob: [DeleteTrainingJobRequest, undefined];
  readonly DescribeLogStreams: [DescribeLogStreamsRequest, DescribeLogStreamsResponse];
  readonly GetLogEvents: [GetLogEventsRequest, GetLogEventsResponse];
}

const SAGEMAKER = { service: 'sagemaker', prefix: 'SageMaker' };
const LOGS = { service: 'logs', prefix: 'Logs_20140328' };

const SERVICES: { readonly [Name in keyof Operations]: typeof SAGEMAKER } = {
  CreateTrainingJob: SAGEMAKER,
  DescribeTrainingJob: SAGEMAKER,
  ListTrainingJobs: SAGEMAKER,
  StopTrainingJob: SAGEMAKER,
  DeleteTrainingJob: SAGEMAKER,
  DescribeLogStreams: LOGS,
  GetLogEvents: LOGS,
};

/** The server was reached, and refused. */
export class Refused extends Error {
  /** AWS's code: ValidationException, ResourceNotFoundException, … */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'Refused';
    this.code = code;
  }
}

/** Nobody answers, or no longer: the server may come back. */
export class Unreachable extends Error {
  readonly url: string;

  constructor(url: string, why: string) {
    super(`no server answers at ${url}: ${why}`);
    this.name = 'Unreachable';
    this.url = url;
  }
}

/** The training API of a server, as its commands use it. */
export class TrainingApi {
  readonly #find: () => Connection;
  #found: Connection | undefined;

  /** `find` is asked again when a server that was found answers no more: the next one may be elsewhere. */
  constructor(find: () => Connection) {
    this.#find = find;
  }

  get connection(): Connection {
    this.#found ??= this.#find();
    return this.#found;
  }

  /** Times are epoch seconds for SageMaker, milliseconds for the logs. Throws `Refused` and `Unreachable`. */
  async call<Name extends keyof Operations>(
    operation: Name,
    input: Operations[Name][0],
  ): Promise<Operations[Name][1]> {
    const { service, prefix } = SERVICES[operation];
    const { status, text } = await this.#send(service, {
      ...{ method: 'POST', path: '/' },
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': `${prefix}.${operation}`,
      },
      body: JSON.stringify(input),
    });
    if (status >= 400) throw withName(refusalOf(status, text), input);
    return (text === '' ? undefined : JSON.parse(text)) as Operations[Name][1];
  }

  /** The number of the account whose key this is. */
  async account(): Promise<string> {
    const { status, text } = await this.#send('sts', {
      ...{ method: 'POST', path: '/' },
      headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
      body: 'Action=GetCallerIdentity&Version=2011-06-15',
    });
    const account = /<Account>(\d{12})<\/Account>/.exec(text)?.[1];
    if (account === undefined) throw refusalOf(status, text);
    return account;
  }

  async #send(service: string, request: ApiRequest): Promise<{ status: number; text: string }> {
    const server = this.connection;
    const { host: _, ...headers } = await signedHeaders(server, request, service);
    try {
      const { method, body = '' } = request;
      const response = await fetch(urlOf(server, request), { method, headers, body });
      const text = await response.text();
      // A proxy before it, or a server that is being started or ended: not an answer of ours.
      if (response.status === 502 || response.status === 503)
        throw new Error(`it answered ${response.status}`);
      return { status: response.status, text };
    } catch (error) {
      this.#found = undefined;
      throw new Unreachable(server.url, reasonOf(error));
    }
  }
}

/** What SageMaker says of a job that it does not find: not which one. */
export const NOT_FOUND = 'Requested resource not found.';

/** With the name. */
function withName(refusal: Refused, input: object): Refused {
  const name = 'TrainingJobName' in input ? input.TrainingJobName : undefined;
  if (name === undefined || refusal.message !== NOT_FOUND) return refusal;
  return new Refused(refusal.code, `there is no job ${name}.`);
}

function refusalOf(status: number, text: string): Refused {
  try {
    const { __type: type = '', message } = JSON.parse(text) as { __type?: string; message?: string };
    const code = type.slice(type.indexOf('#') + 1);
    if (code && message) return new Refused(code, message);
  } catch {
    // It is not JSON.
  }
  const [, code, message] = /<Code>([^<]+)<\/Code>\s*<Message>([^<]+)<\/Message>/.exec(text) ?? [];
  if (code && message) return new Refused(code, message);
  return new Refused('UnknownError', `the server answered ${status}`);
}

/** Why a request had no answer. */
export function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error)) return String(cause);
  return cause.message || ('code' in cause ? String(cause.code) : cause.name);
}
