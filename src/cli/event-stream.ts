/** One message of a stream of server-sent events. */
export interface ReceivedMessage {
  readonly id: string | undefined;
  /** Absent: the message only tells how far the stream has come. */
  readonly data: string | undefined;
}

/** The messages in a stream of server-sent events, as its bytes come in. Comments are passed over. */
export async function* readMessages(body: AsyncIterable<Uint8Array>): AsyncGenerator<ReceivedMessage> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const bytes of body) {
    text += decoder.decode(bytes, { stream: true });
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const message = parseMessage(text.slice(0, end));
      text = text.slice(end + 2);
      if (message.id !== undefined || message.data !== undefined) yield message;
    }
  }
}

function parseMessage(text: string): ReceivedMessage {
  const lines = text.split('\n');
  const field = (name: string) =>
    lines
      .filter((line) => line.startsWith(`${name}:`))
      .map((line) => line.slice(name.length + 1).replace(/^ /, ''));
  const data = field('data');
  return { id: field('id').at(-1), data: data.length > 0 ? data.join('\n') : undefined };
}
