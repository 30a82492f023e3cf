import type { RequestContext } from './service.ts';

/** The name that requests to the server's own API are signed for. */
export const OWN_SERVICE = 'trainyard';

/** A request to the server's own API, below `/_trainyard/`, whose signature holds. */
export interface OwnCall {
  /** Parsed JSON; undefined when there was none. */
  readonly body: unknown;
  readonly query: URLSearchParams;
  /** The last event that the client knows of, when it resumes a stream. */
  readonly lastEventId: string | undefined;
  /** Aborts when the client is gone. */
  readonly signal: AbortSignal;
  readonly context: RequestContext;
}

/** One message of a stream. Without data it only tells how far the stream has come. */
export interface StreamMessage {
  readonly id: number;
  readonly data?: string;
}

/** An answer that goes on: server-sent events. */
export class MessageStream {
  readonly messages: AsyncIterable<StreamMessage>;

  constructor(messages: AsyncIterable<StreamMessage>) {
    this.messages = messages;
  }
}

/** Answers with what is sent as JSON, or with a `MessageStream`. */
export type OwnOperation = (call: OwnCall) => unknown;

/** The operations of the own API, by method and path: `POST /_trainyard/faults`. */
export type OwnService = ReadonlyMap<string, OwnOperation>;
