import { type Query, queryText, send } from './ask.ts';

export interface StreamHandlers {
  /** The JSON of a message. */
  readonly onMessage: (message: unknown) => void;
  /** Whether the server is being heard. */
  readonly onConnected?: (connected: boolean) => void;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;

/**
 * Listens to a stream of the page's endpoints until it is told to end, and begins anew when the connection breaks. Returns how to end
 * it. (An EventSource could not send the header that keeps other sites out.) A tab that nobody looks at does not listen: browsers have
 * six connections for all tabs of a server together.
 */
export function listen(name: string, query: () => Query, handlers: StreamHandlers): () => void {
  const over = new AbortController();
  let inView = new AbortController();
  const rest = () => {
    if (document.hidden) inView.abort();
  };
  document.addEventListener('visibilitychange', rest);
  const keepListening = async () => {
    for (let pause = FIRST_PAUSE_MS; !over.signal.aborted; ) {
      await untilInView();
      inView = new AbortController();
      const heard = await hear(name, query(), handlers, AbortSignal.any([over.signal, inView.signal]));
      if (heard === 'all' || over.signal.aborted) return;
      if (inView.signal.aborted) continue;
      handlers.onConnected?.(false);
      pause = heard === 'something' ? FIRST_PAUSE_MS : Math.min(pause * 2, LONGEST_PAUSE_MS);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  };
  void keepListening();
  return () => {
    over.abort();
    document.removeEventListener('visibilitychange', rest);
  };
}

async function untilInView(): Promise<void> {
  while (document.hidden)
    await new Promise((resolve) => document.addEventListener('visibilitychange', resolve, { once: true }));
}

/** Hears a stream to its end, or to where it breaks. */
async function hear(
  name: string,
  query: Query,
  { onMessage, onConnected }: StreamHandlers,
  signal: AbortSignal,
): Promise<'all' | 'something' | 'nothing'> {
  let heard: 'something' | 'nothing' = 'nothing';
  try {
    const response = await send(`page/${name}${queryText(query)}`, { signal });
    onConnected?.(true);
    heard = 'something';
    for await (const data of messages(response)) {
      onMessage(data);
      if (isLast(data)) return 'all';
    }
  } catch {
    // Broken, or not reached: it is begun anew.
  }
  return heard;
}

/** A stream of something that is over says so, and is not asked for again. */
const isLast = (data: unknown): boolean => typeof data === 'object' && data !== null && 'ended' in data;

async function* messages(response: Response): AsyncGenerator<unknown> {
  if (!response.body) return;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    text += value;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const data = /^data: (.*)$/m.exec(text.slice(0, end))?.[1];
      text = text.slice(end + 2);
      if (data !== undefined) yield JSON.parse(data);
    }
  }
}
