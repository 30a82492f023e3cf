import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { MessageStream, StreamMessage } from '../../services/own-service.ts';

/** Tells that a quiet stream lives: to the client, and to whatever stands between. */
const HEARTBEAT_MS = 15_000;

/** Sends a stream as server-sent events, no faster than the client reads it, until either side ends it. */
export async function sendStream(response: ServerResponse, { messages }: MessageStream, gone: AbortSignal) {
  response.writeHead(200, {
    'Content-Type': 'text/event-stream',
    'Cache-Control': 'no-store',
    'X-Accel-Buffering': 'no',
  });
  response.flushHeaders();
  const heartbeat = setInterval(() => response.write(':\n\n'), HEARTBEAT_MS);
  heartbeat.unref();
  try {
    for await (const message of messages) {
      if (gone.aborted) return;
      if (!response.write(rendered(message))) await once(response, 'drain', { signal: gone });
    }
  } catch (error) {
    if (!gone.aborted) throw error;
  } finally {
    clearInterval(heartbeat);
    response.end();
  }
}

/** The data is JSON, which has no line breaks. */
const rendered = ({ id, data }: StreamMessage): string =>
  data === undefined ? `id: ${id}\n\n` : `id: ${id}\ndata: ${data}\n\n`;
