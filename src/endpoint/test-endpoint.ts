import type { TestContext } from 'node:test';
import { TestClock } from '../clock/test-clock.ts';
import { createIamService } from '../services/iam/iam.ts';
import { RoleList } from '../services/iam/roles.ts';
import { renderError } from '../services/s3/render-error.ts';
import type { Operation } from '../services/service.ts';
import { createStsService } from '../services/sts/sts.ts';
import type { ObjectRequestContext, ObjectService } from './object-service.ts';
import { createEndpoint, type Endpoint, type EndpointOptions } from './server.ts';
import type { Credential } from './signature/credentials.ts';

export const ACCOUNT = '123456789012';
export const REGION = 'eu-west-1';
export const OWNER_ARN = `arn:aws:iam::${ACCOUNT}:root`;
const JOB_ARN = `arn:aws:sts::${ACCOUNT}:assumed-role/Training/SageMaker`;

const KEYS: ReadonlyMap<string, Credential> = new Map([
  ['AKIDEXAMPLE', { secretAccessKey: 'secret', callerArn: OWNER_ARN }],
  ['ASIAJOB', { secretAccessKey: 'secret', sessionToken: 'token', callerArn: JOB_ARN }],
  ['ASIAOVER', { secretAccessKey: 'secret', sessionToken: 'token', callerArn: JOB_ARN, expired: true }],
]);

/** An S3 that keeps what is put into it and says how its signature covered it. */
export class TestObjects implements ObjectService {
  readonly bodies = new Map<string, Buffer>();
  readonly contexts: ObjectRequestContext[] = [];
  readonly renderError = renderError;

  handle: ObjectService['handle'] = async (request, response, context) => {
    this.contexts.push(context);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    this.bodies.set(request.url ?? '', Buffer.concat(chunks));
    response.end();
  };
}

export interface TestEndpoint {
  readonly endpoint: Endpoint;
  readonly port: number;
  readonly url: string;
  readonly clock: TestClock;
  readonly objects: TestObjects;
  readonly log: readonly string[];
}

export interface TestEndpointOptions extends Partial<EndpointOptions> {
  /** SageMaker's operations, where a test wants its own. */
  readonly operations?: Readonly<Record<string, Operation>>;
}

/** An endpoint on a port of its own, with a clock that stands at the real time and services that answer by themselves. */
export async function startEndpoint(
  t: TestContext,
  options: TestEndpointOptions = {},
): Promise<TestEndpoint> {
  const clock = new TestClock(Date.now());
  const objects = new TestObjects();
  const log: string[] = [];
  const { operations = { DescribeTrainingJob: describeTrainingJob }, ...overrides } = options;
  const roles = new RoleList({
    account: ACCOUNT,
    roles: [{ name: 'Training' }, { name: 'service-role/Notebook' }],
    createdAt: Date.UTC(2026, 0, 2, 3, 4, 5),
  });
  const endpoint = createEndpoint({
    account: ACCOUNT,
    region: REGION,
    clock,
    credentials: { find: (id) => KEYS.get(id) },
    services: {
      sagemaker: { operations: new Map(Object.entries(operations)) },
      sts: createStsService(roles),
      iam: createIamService(roles),
    },
    objects,
    log: (message) => log.push(message),
    ...overrides,
  });
  t.after(() => endpoint.close(0));
  const { port } = await endpoint.listen(0, '127.0.0.1');
  return { endpoint, port, url: `http://127.0.0.1:${port}`, clock, objects, log };
}

const describeTrainingJob: Operation<{ readonly TrainingJobName: string }> = {
  input: 'DescribeTrainingJobRequest',
  run: ({ TrainingJobName }) => ({
    TrainingJobName,
    TrainingJobArn: `arn:aws:sagemaker:${REGION}:${ACCOUNT}:training-job/${TrainingJobName}`,
    CreationTime: 1767323045.678,
  }),
};
