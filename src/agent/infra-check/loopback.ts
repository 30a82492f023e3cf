import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import type { InstanceCheck } from './instance-check.ts';

const MEBIBYTE = 2 ** 20;
const SAMPLE_MEBIBYTES = 64;

/** The network carries data, to the instance itself: the others may not have passed their check yet. */
export const checkLoopback: InstanceCheck = {
  name: 'loopback network',
  async run(_instance, signal) {
    const server = createServer((socket) => socket.resume().on('end', () => socket.end()));
    try {
      server.listen(0, '127.0.0.1');
      await once(server, 'listening', { signal });
      const started = performance.now();
      await send(server, signal);
      const rate = (SAMPLE_MEBIBYTES / (performance.now() - started)) * 1000;
      return `${Math.round(rate)} MiB/s`;
    } finally {
      server.close();
    }
  },
};

/** Resolves when the other side has had all of it. */
async function send(server: Server, signal: AbortSignal): Promise<void> {
  const { port } = server.address() as AddressInfo;
  const socket = connect({ port, host: '127.0.0.1', signal }).resume();
  const closed = once(socket, 'close', { signal });
  const block = Buffer.alloc(MEBIBYTE);
  for (let index = 0; index < SAMPLE_MEBIBYTES; index++) {
    if (!socket.write(block)) await once(socket, 'drain', { signal });
  }
  socket.end();
  await closed;
}
