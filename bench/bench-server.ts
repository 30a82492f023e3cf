import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';

const root = join(import.meta.dirname, '..');

interface ServerOptions {
  readonly dataDir: string;
  /** Instances at a time. */
  readonly instances?: number;
  /** Run on this processor only. */
  readonly cpu?: number;
}

/** A server of its own process on a data directory of its own. */
export class BenchServer {
  readonly url: string;
  readonly dataDir: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
  /** Milliseconds from the start of the process to its ready line. */
  readonly readyAfter: number;
  readonly #process: ChildProcess;

  private constructor(child: ChildProcess, url: string, dataDir: string, readyAfter: number) {
    this.#process = child;
    this.url = url;
    this.dataDir = dataDir;
    this.readyAfter = readyAfter;
    const environment = JSON.parse(
      execFileSync(
        process.execPath,
        [join(root, 'bin/trainyard.js'), 'env', '--json', '--data-dir', dataDir],
        {
          encoding: 'utf8',
        },
      ),
    ) as Record<string, string>;
    this.accessKeyId = environment.AWS_ACCESS_KEY_ID ?? '';
    this.secretAccessKey = environment.AWS_SECRET_ACCESS_KEY ?? '';
    this.region = environment.AWS_REGION ?? '';
  }

  static async start({ dataDir, instances, cpu }: ServerOptions): Promise<BenchServer> {
    const config = join(dataDir, 'bench.yaml');
    writeFileSync(
      config,
      instances === undefined ? '{}' : `executors: { process: { maxInstances: ${instances} } }\n`,
    );
    const serve = ['bin/trainyard.js', 'serve', '--port', '0', '--data-dir', dataDir, '--config', config];
    const command = [process.execPath, ...serve];
    const [program = '', ...args] = cpu === undefined ? command : ['taskset', '-c', String(cpu), ...command];
    const started = performance.now();
    const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
    for await (const line of createInterface({ input: child.stdout })) {
      const url = /ready on (\S+)/.exec(line)?.[1];
      if (url) return new BenchServer(child, url, dataDir, performance.now() - started);
    }
    throw new Error('the server ended before it was ready');
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

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.kill('SIGTERM');
    await ended;
  }
}

/** Does `work` with a server on a temporary data directory. */
export async function withServer<T>(
  options: Omit<ServerOptions, 'dataDir'>,
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
