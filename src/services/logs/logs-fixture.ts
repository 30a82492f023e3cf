import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestClock } from '../../clock/test-clock.ts';
import { LogStreams } from '../../logs/log-streams.ts';
import { ServiceError } from '../../model/errors.ts';
import { Database } from '../../store/database.ts';
import { addLogStream } from '../../store/logs/add-log-stream.ts';
import { endLogStream } from '../../store/logs/end-log-stream.ts';
import type { LogStreamRow } from '../../store/logs/log-stream-row.ts';
import type { Operation } from '../service.ts';
import { createLogsService } from './logs-service.ts';

export const GROUP = { logGroupName: '/aws/sagemaker/TrainingJobs' };
const CONTEXT = {
  requestId: 'r',
  accessKeyId: 'k',
  callerArn: 'arn',
  account: '123456789012',
  region: 'eu-west-1',
};

/** For tests: the service over streams that a test writes itself, at times of its own. */
export class LogsFixture {
  readonly clock = new TestClock(1_000_000);
  readonly #folder = mkdtempSync(join(tmpdir(), 'logs-service-'));
  readonly #database = new Database(join(this.#folder, 'database'));
  readonly #streams = new LogStreams(join(this.#folder, 'logs'), this.#database, this.clock);
  readonly #service = createLogsService(this.#streams);
  readonly #rows = new Map<string, LogStreamRow>();

  /** Appends to a stream, which is made if need be, and has it seen: its lines get the time of now. */
  async write(name: string, text: string | Buffer): Promise<void> {
    const file = `${name}.log`;
    const known = this.#rows.get(name);
    const row = known ?? addLogStream(this.#database, { name, file, jobId: 1, host: 'algo-1' });
    assert.ok(row, `there is a stream ${name} already`);
    this.#rows.set(name, row);
    mkdirSync(join(this.#streams.path(row), '..'), { recursive: true });
    appendFileSync(this.#streams.path(row), text);
    this.#streams.notice(name);
    await (await this.#streams.open(row)).close();
  }

  /** Ends a stream at the time of now. */
  end(name: string): void {
    const row = this.#rows.get(name);
    assert.ok(row);
    endLogStream(this.#database, row.id, this.clock.now(), 0);
  }

  /** Calls an operation, as the endpoint does. */
  async call<Output>(name: string, input: object): Promise<Output> {
    const operation = this.#service.operations.get(name) as Operation<object> | undefined;
    assert.ok(operation, `there is no operation ${name}`);
    return (await operation.run(input, CONTEXT)) as Output;
  }

  /** Calls an operation that must be refused. */
  async refusal(name: string, input: object): Promise<{ code: string; message: string }> {
    const error = await this.call(name, input).then(
      () => assert.fail(`${name} was not refused`),
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof ServiceError, `${error}`);
    return { code: error.code, message: error.message };
  }

  close(): void {
    this.#database.close();
    rmSync(this.#folder, { recursive: true });
  }
}
