import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { DescribeTrainingJobCommand } from '@aws-sdk/client-sagemaker';
import { type BenchServer, withServer } from './bench-server.ts';
import { closedLoad, openLoad, type WireRequest } from './http-load.ts';
import { create, ended, jobRequest } from './job.ts';
import { type Benchmark, milliseconds, perSecond, type Result, times } from './result.ts';
import { signedRequest } from './signed-request.ts';
import { quantile } from './statistics.ts';

const LOAD = { connections: 16, seconds: 4 };
const STEADY = { rate: 500, seconds: 6, connections: 8 };
/** The server has one processor for itself; the load comes from the other. */
const SERVER_CPU = 0;

/** DescribeTrainingJob over signed HTTP, against a bare server that answers the same bytes. */
export const describeThroughput: Benchmark = {
  name: 'DescribeTrainingJob',
  run: () =>
    withServer({ processor: SERVER_CPU }, async (server) => {
      const name = await describedJob(server);
      const request = await signedRequest(server, 'DescribeTrainingJob', { TrainingJobName: name });
      await closedLoad(new URL(server.url), () => request, { ...LOAD, seconds: 2 });
      const ours = await closedLoad(new URL(server.url), () => request, LOAD);
      const steady = await openLoad(new URL(server.url), () => request, STEADY);
      if (ours.failures + steady.failures > 0) throw new Error('Describe failed under load');
      const answer = JSON.stringify(
        await server.sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: name })),
      );
      const bare = await bareServer(request, answer);
      const ratio = ours.requestsPerSecond / bare;
      return [
        {
          name: 'Describe, one core',
          measured: perSecond(ours.requestsPerSecond),
          baseline: `${perSecond(bare)} (bare node:http)`,
          ratio: times(ratio),
          target: 'at least 0.33×',
          met: ratio >= 1 / 3,
        },
        latencyAt500(steady.latencies),
        ...(await againstMoto(ours.requestsPerSecond, name)),
      ];
    }),
};

function latencyAt500(latencies: readonly number[]): Result {
  const p99 = quantile(latencies, 0.99);
  return {
    name: 'Describe p99 at 500/s',
    measured: milliseconds(p99),
    baseline: '–',
    ratio: '–',
    target: 'under 5 ms',
    met: p99 < 5,
  };
}

/** A finished job with what a real one has: hyperparameters, channels, metrics, transitions. */
async function describedJob(server: BenchServer): Promise<string> {
  const client = server.sagemaker;
  const name = await create(
    client,
    jobRequest(server, ['/bin/sh', '-c', 'echo loss=0.5; echo accuracy=0.9'], {
      HyperParameters: Object.fromEntries(
        Array.from({ length: 20 }, (_, index) => [`parameter-${index}`, `${index}`]),
      ),
      AlgorithmSpecification: {
        TrainingImage: 'trainyard/host:latest',
        TrainingInputMode: 'File',
        ContainerEntrypoint: ['/bin/sh', '-c', 'echo loss=0.5; echo accuracy=0.9'],
        MetricDefinitions: [
          { Name: 'loss', Regex: 'loss=([0-9.]+)' },
          { Name: 'accuracy', Regex: 'accuracy=([0-9.]+)' },
        ],
      },
    }),
  );
  await ended(client, name);
  return name;
}

/** Requests a second of a bare node:http server on the same processor, answering the same request with the same bytes. */
async function bareServer(request: WireRequest, answer: string): Promise<number> {
  const program = `
    const body = process.argv[1];
    require('node:http').createServer((request, response) => {
      request.resume();
      request.on('end', () => { response.setHeader('content-length', Buffer.byteLength(body)); response.end(body); });
    }).listen(0, '127.0.0.1', function () { console.log(this.address().port); });`;
  const child = spawn('taskset', ['-c', String(SERVER_CPU), process.execPath, '-e', program, answer], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      const url = new URL(`http://127.0.0.1:${line}`);
      await closedLoad(url, () => request, { ...LOAD, seconds: 2 });
      return (await closedLoad(url, () => request, LOAD)).requestsPerSecond;
    }
    throw new Error('the bare server did not start');
  } finally {
    child.kill();
  }
}

/** moto's server answering the same operation, where it is installed. */
async function againstMoto(ours: number, name: string): Promise<Result[]> {
  const program = process.env.MOTO_SERVER ?? 'moto_server';
  if (spawnSync(program, ['--help']).status !== 0) return [];
  const port = await freePort();
  const child = spawn('taskset', ['-c', String(SERVER_CPU), program, '-H', '127.0.0.1', '-p', String(port)], {
    stdio: 'ignore',
  });
  try {
    const url = new URL(`http://127.0.0.1:${port}`);
    await answers(url);
    const moto = await motoDescribes(url, name);
    return [
      {
        name: "Describe against moto's server",
        measured: perSecond(ours),
        baseline: `${perSecond(moto)} (moto)`,
        ratio: times(ours / moto),
        target: 'at least 20×',
        met: ours / moto >= 20,
      },
    ];
  } finally {
    child.kill();
  }
}

async function motoDescribes(url: URL, name: string): Promise<number> {
  const { SageMakerClient, CreateTrainingJobCommand } = await import('@aws-sdk/client-sagemaker');
  const credentials = { accessKeyId: 'moto', secretAccessKey: 'moto' };
  const client = new SageMakerClient({ endpoint: url.href, region: 'us-east-1', credentials });
  await client.send(
    new CreateTrainingJobCommand({
      TrainingJobName: name,
      RoleArn: 'arn:aws:iam::123456789012:role/trainyard',
      AlgorithmSpecification: { TrainingImage: 'image', TrainingInputMode: 'File' },
      OutputDataConfig: { S3OutputPath: 's3://bucket/out' },
      ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 1 },
      StoppingCondition: { MaxRuntimeInSeconds: 3600 },
    }),
  );
  const server = { url: url.href, region: 'us-east-1', accessKeyId: 'moto', secretAccessKey: 'moto' };
  const request = await signedRequest(server, 'DescribeTrainingJob', { TrainingJobName: name });
  const load = await closedLoad(url, () => request, { connections: 1, seconds: 4 });
  if (load.failures > 0) throw new Error("moto's Describe failed");
  return load.requestsPerSecond;
}

async function freePort(): Promise<number> {
  const { createServer } = await import('node:net');
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** Waits until a server takes connections, at most a minute. */
async function answers(url: URL): Promise<void> {
  const end = Date.now() + 60_000;
  while (Date.now() < end) {
    const ok = await fetch(url).then(
      () => true,
      () => false,
    );
    if (ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${url} does not answer`);
}
