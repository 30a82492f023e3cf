import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { ServerProcess } from '../examples/demo/server.ts';

/** As Linux counts the time of processes for programs, whatever its own tick is. */
const TICKS_PER_SECOND = 100;

interface BenchServerOptions {
  readonly dataDir: string;
  /** Instances at a time. */
  readonly instances?: number;
  /** Run on this processor only. */
  readonly processor?: number;
  /** Further settings. */
  readonly settings?: object;
}

/** A server of its own process on a data directory of its own, and what clients need to reach it. */
export class BenchServer {
  readonly url: string;
  readonly dataDir: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Milliseconds from the start of the process to its ready line. */
  readonly readyAfter: number;
  readonly #process: ServerProcess;

  private constructor(
    server: ServerProcess,
    dataDir: string,
    readyAfter: number,
    variables: Awaited<ReturnType<ServerProcess['clientEnvironment']>>,
  ) {
    this.#process = server;
    this.url = server.url;
    this.dataDir = dataDir;
    this.readyAfter = readyAfter;
    this.region = variables.AWS_REGION;
    this.accessKeyId = variables.AWS_ACCESS_KEY_ID;
    this.secretAccessKey = variables.AWS_SECRET_ACCESS_KEY;
  }

  static async start({ dataDir, instances, processor, settings }: BenchServerOptions): Promise<BenchServer> {
    const started = performance.now();
    const server = await ServerProcess.start({
      dataDir,
      settings: { ...(instances && { executors: { process: { maxInstances: instances } } }), ...settings },
      ...(processor !== undefined && { processor }),
      onLine: (line) => console.error(`  ${line}`),
    });
    const readyAfter = performance.now() - started;
    return new BenchServer(server, dataDir, readyAfter, await server.clientEnvironment());
  }

  /** The AWS SDK's options that point a client here. */
  get clientOptions() {
    const { accessKeyId, secretAccessKey } = this;
    return { endpoint: this.url, region: this.region, credentials: { accessKeyId, secretAccessKey } };
  }

  get sagemaker(): SageMakerClient {
    return new SageMakerClient(this.clientOptions);
  }

  get s3(): S3Client {
    return new S3Client({ ...this.clientOptions, forcePathStyle: true });
  }

  get bucket(): string {
    return `sagemaker-${this.region}-123456789012`;
  }

  /** Bytes of memory that the process has. */
  residentMemory(): number {
    const status = readFileSync(`/proc/${this.#process.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
  }

  /** Milliseconds of processor time that the process has taken. */
  processorTime(): number {
    const [user = 0, system = 0] = readFileSync(`/proc/${this.#process.pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ')
      .slice(11, 13)
      .map(Number);
    return ((user + system) * 1000) / TICKS_PER_SECOND;
  }

  stop(): Promise<void> {
    return this.#process.stop();
  }
}

/** Does `work` with a server on a temporary data directory. */
export async function withServer<T>(
  options: Omit<BenchServerOptions, 'dataDir'>,
  work: (server: BenchServer) => Promise<T>,
): Promise<T> {
  return withFolder(async (dataDir) => {
    const server = await BenchServer.start({ ...options, dataDir });
    try {
      return await work(server);
    } finally {
      await server.stop();
    }
  });
}

/** Does `work` with a temporary folder. */
export async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'trainyard-bench-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
