import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';

/** Below it are the ports of services that are known. */
const FIRST = 10_000;

/**
 * A free port out of those that the kernel gives to nobody by itself. A server that is killed finds it free when it comes back: one of the
 * kernel's own may have become the other end of anybody's connection meanwhile. 0, any port, where there are none such.
 */
export async function keptPort(): Promise<number> {
  const end = await firstOfKernels();
  if (end <= FIRST) return 0;
  for (;;) {
    const port = randomInt(FIRST, end);
    if (await isFree(port)) return port;
  }
}

async function firstOfKernels(): Promise<number> {
  const range = await readFile('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').catch(() => '');
  return Number.parseInt(range, 10) || 0;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
