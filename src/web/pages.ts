import { createHash } from 'node:crypto';
import { text } from 'node:stream/consumers';
import type { Exchange } from '../endpoint/exchange.ts';
import { appDocument, notBuiltDocument, onwardDocument, PAGE_ROOT, signInDocument } from './documents.ts';
import { type ApiOptions, PageApi } from './page-api.ts';
import { type PageFiles, readPageFiles } from './page-files.ts';
import { isForeignLink, isFromForm, isFromPage, isSameOrigin } from './same-origin.ts';
import { secure } from './security-headers.ts';
import { SESSION_SECONDS, type SignIn } from './sign-in.ts';

export interface PagesOptions extends ApiOptions {
  readonly signIn: SignIn;
  /** Tells this server from others of the same host, as browsers share cookies between ports. */
  readonly serverId: string;
}

const FORM_BYTES = 8192;
const YEAR_SECONDS = 365 * 24 * 60 * 60;

/**
 * What a browser is served below `/_trainyard/`. The page's own files hold nothing of this server's and are served to anybody; all else
 * needs a session, and comes from a page of this server.
 */
export function createPages(
  options: PagesOptions,
  files: PageFiles | undefined = readPageFiles(),
): (exchange: Exchange) => Promise<void> {
  const pages = new Pages(options, files);
  return (exchange) => pages.serve(exchange);
}

class Pages {
  readonly #signIn: SignIn;
  readonly #files: PageFiles | undefined;
  readonly #api: PageApi;
  readonly #cookie: string;

  constructor(options: PagesOptions, files: PageFiles | undefined) {
    this.#signIn = options.signIn;
    this.#files = files;
    this.#api = new PageApi(options);
    this.#cookie = `trainyard-${createHash('sha256').update(options.serverId).digest('hex').slice(0, 8)}`;
  }

  async serve(exchange: Exchange): Promise<void> {
    const { method, path, response } = exchange;
    secure(response);
    const name = path.slice(PAGE_ROOT.length);
    if (name.startsWith('assets/')) return this.#sendFile(exchange, name.slice('assets/'.length));
    if (name === 'sign-in') return this.#serveSignIn(exchange);
    if (name === 'sign-out') return this.#serveSignOut(exchange);
    if (PageApi.serves(name)) {
      if (!this.#isSignedIn(exchange)) return refuse(exchange, 401, 'Sign in first.');
      // What a link may ask for (a download) has no header of ours, changes nothing, and comes from our own page.
      const may = PageApi.isDownload(method, name) ? isSameOrigin(exchange) : isFromPage(exchange);
      if (!may) return refuse(exchange, 403, 'Only the page of this server may ask this.');
      return this.#api.serve(exchange, name);
    }
    if (method !== 'GET' && method !== 'HEAD') return refuse(exchange, 405, 'Method Not Allowed');
    return this.#sendDocument(exchange);
  }

  #sendDocument(exchange: Exchange): void {
    const here = exchange.query ? `${exchange.path}?${exchange.query}` : exchange.path;
    if (!this.#files) sendHtml(exchange, 503, notBuiltDocument());
    else if (this.#isSignedIn(exchange)) sendHtml(exchange, 200, appDocument(this.#files));
    else if (isForeignLink(exchange)) sendHtml(exchange, 200, onwardDocument(here));
    else redirect(exchange, `${PAGE_ROOT}sign-in?to=${encodeURIComponent(here)}`);
  }

  async #serveSignIn(exchange: Exchange): Promise<void> {
    const files = this.#files;
    if (!files) return sendHtml(exchange, 503, notBuiltDocument());
    if (exchange.method === 'POST') return this.#signInByKey(exchange, files);
    const query = new URLSearchParams(exchange.query);
    const to = destination(query.get('to'));
    const token = query.get('token');
    if (token === null) return sendHtml(exchange, 200, signInDocument(files, to));
    // A browser that looks ahead must not use the link up.
    if (exchange.method !== 'GET' || exchange.headers['sec-purpose'] !== undefined)
      return refuse(exchange, 503, 'Open the link itself.');
    const session = this.#signIn.byLink(token);
    if (session === undefined)
      return sendHtml(exchange, 403, signInDocument(files, to, 'This link was used already, or is too old.'));
    this.#setCookie(exchange, session, SESSION_SECONDS);
    sendHtml(exchange, 200, onwardDocument(to));
  }

  async #signInByKey(exchange: Exchange, files: PageFiles): Promise<void> {
    if (!isFromForm(exchange)) return refuse(exchange, 403, 'Only the page of this server may ask this.');
    if (Number(exchange.headers['content-length'] ?? Number.POSITIVE_INFINITY) > FORM_BYTES)
      return refuse(exchange, 413, 'Too large');
    const form = new URLSearchParams(await text(exchange.request));
    const to = destination(form.get('to'));
    const session = this.#signIn.byKey(form.get('accessKeyId') ?? '', form.get('secretAccessKey') ?? '');
    if (session === undefined)
      return sendHtml(
        exchange,
        403,
        signInDocument(files, to, "This is no access key of the server's owner."),
      );
    this.#setCookie(exchange, session, SESSION_SECONDS);
    redirect(exchange, to);
  }

  #serveSignOut(exchange: Exchange): void {
    const session = this.#session(exchange);
    if (exchange.method === 'POST' && isFromPage(exchange)) {
      if (session !== undefined) this.#signIn.end(session);
      this.#setCookie(exchange, '', 0);
      exchange.response.writeHead(204).end();
    } else {
      refuse(exchange, 403, 'Only the page of this server may ask this.');
    }
  }

  #isSignedIn(exchange: Exchange): boolean {
    return this.#signIn.holds(this.#session(exchange));
  }

  #session({ headers }: Exchange): string | undefined {
    const prefix = `${this.#cookie}=`;
    const pair = headers.cookie?.split('; ').find((each) => each.startsWith(prefix));
    return pair?.slice(prefix.length);
  }

  #setCookie({ response }: Exchange, session: string, seconds: number): void {
    const attributes = `HttpOnly; SameSite=Strict; Path=${PAGE_ROOT}; Max-Age=${seconds}`;
    response.setHeader('Set-Cookie', `${this.#cookie}=${session}; ${attributes}`);
  }

  #sendFile(exchange: Exchange, name: string): void {
    const file = this.#files?.files.get(name);
    if (!file) {
      refuse(exchange, 404, 'Not Found');
      return;
    }
    const { response } = exchange;
    response.setHeader('Content-Type', file.contentType);
    // Its name changes with its content.
    response.setHeader('Cache-Control', `public, max-age=${YEAR_SECONDS}, immutable`);
    response.setHeader('Content-Encoding', 'gzip');
    response.setHeader('Content-Length', file.gzipped.length);
    response.end(exchange.method === 'HEAD' ? undefined : file.gzipped);
  }
}

/** Where a sign-in leads: a place of the page, whatever somebody wrote into a link. */
function destination(to: string | null): string {
  const isOurs = to?.startsWith(PAGE_ROOT) && !/[\\\s]|\/\//.test(to) && !to.startsWith(`${PAGE_ROOT}sign-`);
  return isOurs && to ? to : PAGE_ROOT;
}

const sendHtml = (exchange: Exchange, status: number, document: string): void =>
  exchange.send(status, 'text/html; charset=utf-8', document);

const refuse = (exchange: Exchange, status: number, message: string): void =>
  exchange.send(status, 'application/json', JSON.stringify({ __type: 'PageRefused', message }));

function redirect({ response }: Exchange, to: string): void {
  response.writeHead(303, { Location: to, 'Content-Length': 0 }).end();
}
