import type { IncomingMessage, ServerResponse } from 'node:http';
import { checkAccess } from './access.ts';
import { identify, send } from './answer.ts';
import { type Deployment, S3Call } from './call.ts';
import type { S3Context } from './payload.ts';
import { sendPending } from './pending-answer.ts';
import { checkExpectedOwner, refuseUnsupportedHeaders } from './refusals.ts';
import { asS3Error, renderError } from './render-error.ts';
import { route } from './router.ts';

/** S3 over the embedded store. Signatures have been verified before it is called. */
export interface S3Service {
  /**
   * Answers one request, refusals included; resolves when the answer is out, or its client gone. Rejects with a fault of this
   * server only, which the caller logs and hands to `renderError`.
   */
  handle(request: IncomingMessage, response: ServerResponse, context: S3Context): Promise<void>;
  /** Answers with an error, whoever found it (a signature that doesn't match), as S3 words it. */
  renderError(error: unknown, request: IncomingMessage, response: ServerResponse, requestId: string): void;
}

export interface S3ServiceOptions extends Deployment {
  /** Milliseconds of silence on a slow answer before the client is shown that the server is alive. */
  readonly silence?: number;
}

const DEFAULT_SILENCE = 10_000;

export function createS3Service(options: S3ServiceOptions): S3Service {
  const { silence = DEFAULT_SILENCE } = options;

  /** The ladder: what is asked, whether it can be honoured, whether the caller means this account; then the operation. */
  async function answer(
    request: IncomingMessage,
    response: ServerResponse,
    context: S3Context,
  ): Promise<void> {
    const call = new S3Call(request, context);
    const { run, access } = route(call);
    refuseUnsupportedHeaders(call);
    checkExpectedOwner(call, options.account);
    checkAccess(call, access, options.permissionsOf(context.callerArn));
    const reply = await run(call, options);
    if (!reply.pending) return send(reply, request, response);
    const receiver = { request, response, requestId: context.requestId, silence };
    return sendPending(reply, reply.pending, receiver);
  }

  return {
    renderError,
    async handle(request, response, context) {
      identify(response, context.requestId);
      try {
        await answer(request, response, context);
      } catch (error) {
        if (isFault(error)) throw error;
        renderError(error, request, response, context.requestId);
      } finally {
        // What was not read of the body must not stand before the next request of this connection.
        request.resume();
      }
    },
  };
}

/** Whether an error is nobody's but ours. A client that hangs up in the middle of an answer is none. */
function isFault(error: unknown): boolean {
  const clientLeft = error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE';
  return !clientLeft && asS3Error(error).code === 'InternalError';
}
