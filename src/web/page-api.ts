import { readBody } from '../endpoint/body.ts';
import { sendJsonError } from '../endpoint/errors/json-error.ts';
import { asServiceError, type Log } from '../endpoint/errors/unexpected.ts';
import { unknownOperation } from '../endpoint/errors/unknown-operation.ts';
import type { Exchange } from '../endpoint/exchange.ts';
import { Targets } from '../endpoint/json/targets.ts';
import type { ObjectService } from '../endpoint/object-service.ts';
import { sendStream } from '../endpoint/own/message-stream.ts';
import type { Services } from '../endpoint/services.ts';
import { audience } from '../endpoint/signature/audience.ts';
import { ServiceError } from '../model/errors.ts';
import { type ServiceName, serviceMetadata } from '../model/shapes.ts';
import { parse } from '../model/validator.ts';
import { MessageStream } from '../services/own-service.ts';
import { JsonText, type RequestContext } from '../services/service.ts';
import { changes } from './api/changes.ts';
import { instanceUsage } from './api/instance-usage.ts';
import { jobDetails } from './api/job-details.ts';
import { jobObjects } from './api/job-objects.ts';
import { listRows, namedRows } from './api/jobs.ts';
import { followLog, logLines, searchLog } from './api/log.ts';
import { metricSeries } from './api/metric-series.ts';
import { overview } from './api/overview.ts';
import { LogViews } from './logs/log-view.ts';
import type { PageContext, PageOperation } from './page-context.ts';
import { secureObject } from './security-headers.ts';
import type { PageUploads } from './uploads.ts';

export interface ApiOptions {
  readonly context: PageContext;
  readonly services: Services;
  readonly objects: ObjectService;
  readonly uploads: PageUploads;
  /** The owner's access key, in whose name the page asks. */
  readonly accessKeyId: string;
  readonly log: Log;
}

const JSON_TYPE = 'application/json';
const SERVICES = 'api/';
const OBJECTS = 's3/';
const OWN = 'page/';

/**
 * What the page's script asks for, in the name of the account's owner: the operations of the services (`api/<service>/<Operation>`, the same
 * as by AWS's protocols), objects (`s3/<bucket>/<key>`, S3's own REST), and what AWS's services lack (`page/<name>`).
 */
export class PageApi {
  readonly #options: ApiOptions;
  readonly #targets: Targets;
  readonly #operations: ReadonlyMap<string, PageOperation>;

  constructor(options: ApiOptions) {
    const { context, services } = options;
    this.#options = options;
    this.#targets = new Targets(services, (service) => audience(service, context.region));
    const views = new LogViews(context.logs);
    const operations: Readonly<Record<string, PageOperation>> = {
      overview,
      jobs: listRows,
      rows: namedRows,
      job: jobDetails,
      objects: jobObjects,
      metrics: metricSeries,
      usage: instanceUsage,
      changes,
      log: logLines(views),
      'log/search': searchLog(views),
      'log/follow': followLog(views),
    };
    this.#operations = new Map(Object.entries(operations));
  }

  /** Whether a path (below the page's root) is one of these, and so needs a session. */
  static serves(path: string): boolean {
    return path.startsWith(SERVICES) || path.startsWith(OBJECTS) || path.startsWith(OWN);
  }

  static isDownload(method: string, path: string): boolean {
    return method === 'GET' && path.startsWith(OBJECTS);
  }

  /** Answers a request that was found to be the owner's, error or not. */
  async serve(exchange: Exchange, path: string): Promise<void> {
    if (path.startsWith(OBJECTS)) return this.#serveObject(exchange, path.slice(OBJECTS.length));
    const gone = new AbortController();
    exchange.response.once('close', () => gone.abort());
    const over = AbortSignal.any([gone.signal, this.#options.context.closing]);
    try {
      const answer = path.startsWith(OWN)
        ? await this.#callOwn(exchange, path.slice(OWN.length), over)
        : await this.#callService(exchange, path.slice(SERVICES.length));
      if (answer instanceof MessageStream) await sendStream(exchange.response, answer, gone.signal);
      else
        exchange.send(
          200,
          JSON_TYPE,
          answer instanceof JsonText ? answer.text : JSON.stringify(answer ?? {}),
        );
    } catch (thrown) {
      const error = asServiceError(thrown, exchange, this.#options.log);
      if (exchange.response.headersSent) exchange.response.destroy();
      else sendJsonError(exchange, error, JSON_TYPE);
    }
  }

  #callOwn(exchange: Exchange, name: string, signal: AbortSignal): unknown {
    const operation = this.#operations.get(name);
    if (!operation || exchange.method !== 'GET') throw unknownOperation(`The page has no endpoint ${name}.`);
    return operation(this.#options.context, { query: new URLSearchParams(exchange.query), signal });
  }

  async #callService(exchange: Exchange, path: string): Promise<unknown> {
    if (exchange.method !== 'POST') throw unknownOperation('Operations are called with POST.');
    const body = await readBody(exchange);
    const [service = '', name = ''] = path.split('/');
    const known = Object.hasOwn(this.#options.services, service);
    const prefix = known ? serviceMetadata(service as ServiceName).targetPrefix : undefined;
    const { operation } = this.#targets.find(`${prefix ?? service}.${name}`);
    return operation.run(parse(operation.input, parseJson(body)) as never, this.#owner(exchange));
  }

  async #serveObject(exchange: Exchange, path: string): Promise<void> {
    const { request, response, method } = exchange;
    const { objects, uploads, log } = this.#options;
    secureObject(response);
    const parameters = new URLSearchParams(exchange.query);
    uploads.noticeRequest(exchange, path, parameters);
    if (method === 'GET' && path.includes('/') && !path.endsWith('/')) {
      // Saved as a file, whatever it says that it is: it must not become a page of this server.
      parameters.set('response-content-disposition', 'attachment');
      parameters.set('response-content-type', 'application/octet-stream');
    }
    request.url = `/${path}${parameters.size > 0 ? `?${parameters}` : ''}`;
    // Names like `bucket.localhost` are buckets to S3; the page names them in the path.
    delete request.headers.host;
    try {
      await objects.handle(request, response, { ...this.#owner(exchange), payload: { kind: 'unsigned' } });
    } catch (thrown) {
      if (!(thrown instanceof ServiceError)) asServiceError(thrown, exchange, log);
      objects.renderError(thrown, request, response, exchange.requestId);
    }
  }

  #owner({ requestId }: Exchange): RequestContext {
    const { context, accessKeyId } = this.#options;
    const { account, region } = context;
    return { requestId, accessKeyId, callerArn: `arn:aws:iam::${account}:root`, account, region };
  }
}

function parseJson(body: Buffer): unknown {
  if (body.length === 0) return {};
  try {
    return JSON.parse(body.toString());
  } catch {
    throw new ServiceError('SerializationException', "The request's body is not valid JSON.");
  }
}
