import type { IncomingMessage, ServerResponse } from 'node:http';
import type { S3Connection } from '../../../objects/remote/remote-storage.ts';
import { identify, send } from '../answer.ts';
import { S3Call } from '../call.ts';
import type { S3Context } from '../payload.ts';
import { renderError } from '../render-error.ts';
import type { S3Service } from '../service.ts';
import { asToldThere } from './errors.ts';
import { routeThere } from './router.ts';

export interface S3RelayOptions {
  readonly connect: () => Promise<S3Connection>;
  /** Where the objects are, in words. */
  readonly store: string;
  readonly region: string;
}

/**
 * S3 over another S3: what somebody asks who may ask this server, asked there with the server's own credentials. It speaks as much of S3 as
 * browsing, saving and uploading need, streams both ways and keeps nothing. Who may ask was seen to before it is called.
 */
export function createS3Relay({ connect, store, region }: S3RelayOptions): S3Service {
  return {
    renderError,
    async handle(request, response, context) {
      identify(response, context.requestId);
      try {
        await relay(request, response, context);
      } catch (error) {
        if (!response.destroyed) renderError(asToldThere(error, store), request, response, context.requestId);
      } finally {
        // What was not read of the body must not stand before the next request of this connection.
        request.resume();
      }
    },
  };

  async function relay(
    request: IncomingMessage,
    response: ServerResponse,
    context: S3Context,
  ): Promise<void> {
    const call = new S3Call(request, context);
    const run = routeThere(call);
    // Nobody waits for what is asked for there when the client is gone.
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const there = { region, signal: gone.signal, giveUp: (reason: Error) => gone.abort(reason) };
    const answer = await run(call, { ...(await connect()), ...there });
    await send(answer, request, response);
  }
}
