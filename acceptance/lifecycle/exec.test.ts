import assert from 'node:assert/strict';
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe as group, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  CreateTrainingJobCommand,
  type SageMakerClient,
  StopTrainingJobCommand,
  UpdateTrainingJobCommand,
} from '@aws-sdk/client-sagemaker';
import { ServerProcess } from '../../examples/demo/server.ts';
import { sageMakerOf } from '../harness/sagemaker-client.ts';
import { serverSettings } from '../harness/server-settings.ts';
import { shellJob } from '../harness/shell-job.ts';
import { untilJob } from '../harness/until-job.ts';

const TRAINYARD = fileURLToPath(new URL('../../bin/trainyard.js', import.meta.url));
const WITHIN_MS = 60_000;
const ENOUGH = '/opt/ml/model/enough';
const settings = { ...serverSettings(), stop: { graceSeconds: 5 } };

interface Ended {
  readonly code: number | null;
  readonly output: string;
  readonly complaint: string;
}

/** A shell, a command or a pipe into a running job, as `trainyard exec` offers it. */
group('trainyard exec', () => {
  let dataDir: string;
  let server: ServerProcess;
  let sagemaker: SageMakerClient;

  before(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'trainyard-exec-'));
    server = await ServerProcess.start({ dataDir, settings });
    sagemaker = await sageMakerOf(server);
  });
  after(async () => {
    // A server that ends leaves to the next one what it is just giving back, and there is none.
    const instances = () => readdir(join(dataDir, 'instances'));
    for (const end = Date.now() + WITHIN_MS; (await instances()).length > 0; await delay(50))
      assert.ok(Date.now() < end, 'instances are left');
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  /** A job that trains until it finds `ENOUGH`. */
  async function training(name: string, EnableRemoteDebug?: boolean): Promise<void> {
    const request = shellJob(name, `until [ -e ${ENOUGH} ]; do sleep 0.05; done`, {
      ...(EnableRemoteDebug !== undefined && { RemoteDebugConfig: { EnableRemoteDebug } }),
    });
    await sagemaker.send(new CreateTrainingJobCommand(request));
    await reach(name, 'Training');
  }

  const reach = (name: string, status: string) =>
    untilJob(sagemaker, name, ({ SecondaryStatus }) => SecondaryStatus === status, WITHIN_MS);

  const started = (...words: readonly string[]): ChildProcessWithoutNullStreams =>
    spawn(process.execPath, [TRAINYARD, 'exec', '--data-dir', dataDir, ...words]);

  async function exec(input: string, ...words: readonly string[]): Promise<Ended> {
    const child = started(...words);
    child.stdin.end(input);
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    const [code, output, complaint] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
    return { code, output, complaint };
  }

  test('runs a command in the job, which sees and changes what the algorithm does', async () => {
    await training('debugged', true);
    const look = await exec(
      '',
      'debugged',
      '--',
      'sh',
      '-c',
      'uname -n; echo $TRAINING_JOB_NAME; echo no >&2; exit 3',
    );
    assert.deepEqual(look, { code: 3, output: 'algo-1\ndebugged\n', complaint: 'no\n' });
    const bytes = 'x'.repeat(3_000_000);
    assert.equal((await exec(bytes, 'debugged', '--', 'wc', '-c')).output.trim(), String(bytes.length));
    assert.equal((await exec('', 'debugged', '--', 'touch', ENOUGH)).code, 0);
    await reach('debugged', 'Completed');
    const over = await exec('', 'debugged', '--', 'true');
    assert.deepEqual([over.code, over.output], [255, '']);
    assert.match(over.complaint, /ended/);
  });

  test('a shell in a terminal has its size, and its prompt answers', async () => {
    await training('shell', true);
    const words = ['exec', '--data-dir', dataDir, 'shell'].map((word) => `'${word}'`).join(' ');
    const line = `stty rows 21 cols 93; exec '${process.execPath}' '${TRAINYARD}' ${words}`;
    const terminal = spawn('script', ['-qefc', line, '/dev/null'], {
      env: { ...process.env, SHELL: '/bin/bash' },
    });
    const ended = new Promise<number | null>((resolve) => terminal.once('close', resolve));
    let shown = '';
    terminal.stdout.on('data', (chunk) => {
      shown += chunk;
    });
    // Typed once the shell asks: what comes before it has the terminal may be shown twice.
    while (!/[#$] $/.test(shown)) await Promise.race([delay(20), ended.then(() => assert.fail(shown))]);
    terminal.stdin.write('stty size; uname -n; tty > /dev/null && echo is"" a terminal; exit 6\n');
    assert.equal(await ended, 6, shown);
    assert.match(shown, /21 93\r+\nalgo-1\r+\nis a terminal\r+$/m);
    assert.equal((await exec('', 'shell', '--', 'touch', ENOUGH)).code, 0);
    await reach('shell', 'Completed');
  });

  test('is only for jobs that allow it, which UpdateTrainingJob can change while they run', async () => {
    await training('private');
    const refused = await exec('', 'private', '--', 'true');
    assert.equal(refused.code, 255);
    assert.match(refused.complaint, /EnableRemoteDebug/);
    const nobody = await exec('', 'nobody', '--', 'true');
    assert.deepEqual([nobody.code, nobody.complaint], [255, 'trainyard: there is no job nobody.\n']);
    await sagemaker.send(
      new UpdateTrainingJobCommand({
        TrainingJobName: 'private',
        RemoteDebugConfig: { EnableRemoteDebug: true },
      }),
    );
    assert.deepEqual(await exec('', 'private', '--', 'true'), { code: 0, output: '', complaint: '' });
    assert.match((await exec('', 'private', '--host', 'algo-2', '--', 'true')).complaint, /no host algo-2/);
    await sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: 'private' }));
    await reach('private', 'Stopped');
  });

  test('a session ends with its job, and says so', async () => {
    await training('ending', true);
    const child = started('ending', '--', 'sh', '-c', 'echo here; sleep 1000');
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    const complaint = text(child.stderr);
    const said = new Promise((resolve) => child.stdout.once('data', resolve));
    await Promise.race([
      said,
      ended.then(async (code) => assert.fail(`it ended with ${code}: ${await complaint}`)),
    ]);
    await sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: 'ending' }));
    assert.notEqual(await ended, 0);
    await reach('ending', 'Stopped');
  });

  test('nothing of a session is left when the server is killed', async () => {
    await training('surviving', true);
    const child = started('surviving', '--', 'sh', '-c', 'echo here; sleep 4321');
    await new Promise((resolve) => child.stdout.once('data', resolve));
    const find = 'grep -lzx 4321 /proc/[0-9]*/cmdline 2> /dev/null; true';
    assert.notEqual((await exec('', 'surviving', '--', 'sh', '-c', find)).output, '');
    await server.kill();
    server = await ServerProcess.start({ dataDir, settings });
    sagemaker = await sageMakerOf(server);
    for (const end = Date.now() + WITHIN_MS; ; await delay(100)) {
      // A server that has just started may not have found the algorithm yet.
      const { code, output } = await exec('', 'surviving', '--', 'sh', '-c', find);
      if (code === 0 && output === '') break;
      assert.ok(Date.now() < end, `still there: ${output}`);
    }
    assert.equal((await exec('', 'surviving', '--', 'touch', ENOUGH)).code, 0);
    await reach('surviving', 'Completed');
  });
});
