import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { type ClientEnvironment, ServerProcess } from '../../examples/demo/server.ts';
import { keptPort } from '../harness/kept-port.ts';
import { clientOptions } from '../harness/sagemaker-client.ts';
import { inContainers, serverSettings } from '../harness/server-settings.ts';

/** Jobs of two instances run on the smallest machine. */
const defaultSettings = serverSettings({ executors: { process: { maxInstances: 4 } } });

/** A test of the sandbox that is ours: where a container engine watches over the algorithm, there is nothing of the kind to try. */
export function sandboxTest(name: string, work: () => Promise<void>): void {
  if (!inContainers) test(name, work);
}

/** A server that is killed again and again, and each time comes back at the same place with the same data. */
export class CrashingServer {
  readonly dataDir: string;
  readonly sagemaker: SageMakerClient;
  readonly logs: CloudWatchLogsClient;
  readonly s3: S3Client;
  readonly #port: number;
  readonly #settings: object;
  #process: ServerProcess;

  private constructor(
    dataDir: string,
    process: ServerProcess,
    environment: ClientEnvironment,
    settings: object,
  ) {
    this.dataDir = dataDir;
    this.#settings = settings;
    this.#process = process;
    this.#port = process.port;
    const client = {
      ...clientOptions(environment),
      // Only answers count: what the client tried again would hide what the server lost.
      maxAttempts: 1,
    };
    this.sagemaker = new SageMakerClient(client);
    this.logs = new CloudWatchLogsClient(client);
    this.s3 = new S3Client({ ...client, forcePathStyle: true });
  }

  static async start(settings = defaultSettings): Promise<CrashingServer> {
    const dataDir = await mkdtemp(join(tmpdir(), 'trainyard-crash-'));
    const server = await ServerProcess.start({ dataDir, port: await keptPort(), settings });
    return new CrashingServer(dataDir, server, await server.clientEnvironment(), settings);
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** `kill -9`. Rejects when something still answers at its port: then it was not the server that died. */
  async kill(): Promise<void> {
    await this.#process.kill();
    if (await answers(this.#port)) throw new Error('the server was killed, yet its port still answers');
  }

  async start(): Promise<void> {
    this.#process = await ServerProcess.start({
      dataDir: this.dataDir,
      port: this.#port,
      settings: this.#settings,
    });
  }

  async crash(): Promise<void> {
    await this.kill();
    await this.start();
  }

  /** Kills it, and starts another one with its data, at another port. */
  async moved(): Promise<CrashingServer> {
    await this.kill();
    const server = await ServerProcess.start({ dataDir: this.dataDir, settings: this.#settings });
    return new CrashingServer(this.dataDir, server, await server.clientEnvironment(), this.#settings);
  }

  /** Starts it and kills it `ms` later, most likely before it is ready: in the middle of its recovery. */
  async crashInRecovery(ms: number): Promise<void> {
    await ServerProcess.startAndKill(
      { dataDir: this.dataDir, port: this.#port, settings: this.#settings },
      ms,
    );
  }

  async remove(): Promise<void> {
    await this.#process.stop();
    await rm(this.dataDir, { recursive: true, force: true });
  }
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
