import WebSocket, { type RawData } from 'ws';
import { type Connection, signedHeaders, urlOf } from '../client/connection.ts';
import { CHANNEL, message, PARAMETER, PROTOCOL, SESSION_PATH } from '../remote-debug/channels.ts';

export interface WantedSession {
  readonly job: string;
  readonly host: string;
  readonly command: readonly string[];
  readonly terminal: boolean;
}

/** Runs a session with this process's own input and output. Resolves with the command's exit code; rejects when there is none. */
export async function runSession(server: Connection, wanted: WantedSession): Promise<number> {
  const socket = await dial(server, wanted);
  // Who listens only when the connection stands may miss what comes with its first packet.
  const exitCode = hear(socket);
  exitCode.catch(() => {}); // It may fail while the connection is still awaited.
  await connected(socket);
  const restore = wanted.terminal ? takeTerminal(socket) : () => {};
  try {
    tell(socket);
    return await exitCode;
  } finally {
    restore();
  }
}

async function dial(server: Connection, { job, host, command, terminal }: WantedSession): Promise<WebSocket> {
  const { rows = 24, columns = 80 } = process.stdout;
  const parameters: (readonly [string, string])[] = [
    [PARAMETER.job, job],
    [PARAMETER.host, host],
    ...command.map((word) => [PARAMETER.command, word] as const),
  ];
  if (terminal) {
    parameters.push(
      [PARAMETER.terminal, `${rows}x${columns}`],
      [PARAMETER.kind, process.env.TERM ?? 'xterm'],
    );
  }
  const request = { method: 'GET', path: SESSION_PATH, parameters };
  const headers = await signedHeaders(server, request, 'trainyard');
  return new WebSocket(urlOf(server, request).replace(/^http/, 'ws'), PROTOCOL, { headers });
}

/** Rejects with the reason of the server, or that it can't be reached. */
function connected(socket: WebSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve());
    socket.once('error', (error) => reject(new Error(`the server can't be reached: ${error.message}`)));
    socket.once('unexpected-response', (_, response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () =>
        reject(new Error(reasonIn(text) ?? `the server answered ${response.statusCode}`)),
      );
    });
  });
}

function reasonIn(text: string): string | undefined {
  try {
    return (JSON.parse(text) as { message?: string }).message;
  } catch {
    return undefined;
  }
}

/** Sends our own input. */
function tell(socket: WebSocket): void {
  const { stdin } = process;
  stdin.on('data', (chunk: Buffer) => {
    stdin.pause();
    socket.send(message(CHANNEL.input, chunk), () => stdin.resume());
  });
  stdin.on('end', () => socket.send(message(CHANNEL.close, Buffer.of(CHANNEL.input))));
}

/** Writes what the session says to our own output. Resolves with its exit code. */
function hear(socket: WebSocket): Promise<number> {
  const { stdin, stdout, stderr } = process;
  return new Promise((resolve, reject) => {
    let exitCode: number | undefined;
    socket.on('message', (data: RawData) => {
      const content = (data as Buffer).subarray(1);
      const channel = (data as Buffer)[0];
      if (channel === CHANNEL.end)
        exitCode = (JSON.parse(content.toString()) as { exitCode: number }).exitCode;
      else (channel === CHANNEL.errors ? stderr : stdout).write(content);
    });
    socket.on('error', reject);
    socket.on('close', () => {
      stdin.pause();
      if (exitCode === undefined)
        reject(new Error('the session was lost: the server or the connection ended.'));
      else resolve(exitCode);
    });
  });
}

/** Every key goes to the session, and so do changes of the window's size. Returns what undoes it. */
function takeTerminal(socket: WebSocket): () => void {
  const { stdin, stdout } = process;
  const raw = stdin.isTTY === true;
  if (raw) stdin.setRawMode(true);
  const tell = () => {
    const { rows, columns } = stdout;
    socket.send(message(CHANNEL.resize, JSON.stringify({ rows, columns })));
  };
  stdout.on('resize', tell);
  return () => {
    stdout.off('resize', tell);
    if (raw) stdin.setRawMode(false);
  };
}
