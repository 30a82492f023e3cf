import { ServiceError } from '../../model/errors.ts';
import { MessageStream, OWN_SERVICE, type OwnOperation } from '../../services/own-service.ts';
import { readBody } from '../body.ts';
import { type Authenticator, requireOwner } from '../caller.ts';
import { sendJsonError } from '../errors/json-error.ts';
import { asServiceError, type Log } from '../errors/unexpected.ts';
import type { Exchange } from '../exchange.ts';
import { refusedByJsonService } from '../signature/refused-by-aws.ts';
import { sendStream } from './message-stream.ts';

const JSON_TYPE = 'application/json';

/** Serves a request to the own API: signed as any other, and only by the owner's key. A job's key is good for no part of it. */
export async function serveOwn(
  exchange: Exchange,
  operation: OwnOperation,
  { authenticator, log }: { readonly authenticator: Authenticator; readonly log: Log },
): Promise<void> {
  const gone = new AbortController();
  exchange.response.once('close', () => gone.abort());
  try {
    const body = await readBody(exchange);
    const context = authenticator.authenticate(
      exchange,
      authenticator.audience(OWN_SERVICE),
      refusedByJsonService,
      body,
    );
    requireOwner(context);
    const answer = await operation({
      body: parseJson(body),
      query: new URLSearchParams(exchange.query),
      lastEventId: exchange.request.headers['last-event-id']?.toString(),
      signal: gone.signal,
      context,
    });
    if (answer instanceof MessageStream) await sendStream(exchange.response, answer, gone.signal);
    else exchange.send(200, JSON_TYPE, JSON.stringify(answer ?? {}));
  } catch (thrown) {
    const error = asServiceError(thrown, exchange, log);
    if (exchange.response.headersSent) exchange.response.destroy();
    else sendJsonError(exchange, error, JSON_TYPE);
  }
}

function parseJson(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  try {
    return JSON.parse(body.toString());
  } catch {
    throw new ServiceError('SerializationException', "The request's body is not valid JSON.");
  }
}
