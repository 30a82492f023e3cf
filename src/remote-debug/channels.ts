/**
 * How a session travels over a WebSocket: each message is binary and begins with the number of its channel, as in Kubernetes'
 * `v5.channel.k8s.io`.
 */
export const CHANNEL = {
  input: 0,
  output: 1,
  errors: 2,
  /** From the server, last: `{"exitCode": n}`. */
  end: 3,
  /** From the client: `{"rows": n, "columns": n}`. */
  resize: 4,
  /** From the client: the channel named by the second byte has no more to say. */
  close: 255,
} as const;

export type Channel = (typeof CHANNEL)[keyof typeof CHANNEL];

export const PROTOCOL = 'v1.session.trainyard';

export function message(channel: Channel, content: Uint8Array | string): Buffer {
  return Buffer.concat([Buffer.of(channel), typeof content === 'string' ? Buffer.from(content) : content]);
}

/** What the path of a session's request says. */
export const SESSION_PATH = '/_trainyard/sessions';

/** The parameters of a session's request. */
export const PARAMETER = {
  job: 'job',
  host: 'host',
  /** Once for each word. */
  command: 'command',
  /** `<rows>x<columns>`; absent: no terminal. */
  terminal: 'terminal',
  /** The terminal's kind, as TERM says it. */
  kind: 'kind',
} as const;
