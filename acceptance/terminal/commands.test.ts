import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe as group, test } from 'node:test';
import { Workplace } from './trainyard.ts';

const SCRIPT = `for i in 1 2 3; do echo "step=$i loss=0.$i"; done
echo code: $(ls)
cat /opt/ml/input/data/train/data.txt
echo weights > /opt/ml/model/weights`;

/** The commands without a terminal, as scripts use them. */
group('the commands', () => {
  let place: Workplace;
  before(async () => {
    place = await Workplace.start();
    await place.write('train.sh', SCRIPT);
    await place.write('data.txt', 'the data\n');
  });
  after(() => place.end());

  test('run trains with the code and the data of this machine, and brings the model', async () => {
    const { code, output, complaint } = await place.run(
      ...['run', '--name', 'first', '--channel', 'train=data.txt', '--metric', 'loss=loss=([0-9.]+)'],
      ...['--output', 'out', '--', 'sh', 'train.sh'],
    );
    assert.equal(code, 0, complaint);
    assert.deepEqual(output.split('\n').slice(0, 3), [
      'step=1 loss=0.1',
      'step=2 loss=0.2',
      'step=3 loss=0.3',
    ]);
    assert.match(output, /^code: .*train\.sh$/m);
    assert.match(output, /^the data$/m);
    assert.match(complaint, /Training +Training image download completed/);
    assert.ok(!`${output}${complaint}`.includes('\x1b'), 'neither colour nor cursor without a terminal');
    assert.ok((await readFile(join(place.folder, 'out/model.tar.gz'))).length > 0);
  });

  test('run ends with 1 and the reason when the job fails', async () => {
    const { code, complaint } = await place.run(
      'run',
      '--name',
      'failing',
      '--',
      'sh',
      '-c',
      'echo no luck; exit 7',
    );
    assert.equal(code, 1);
    assert.match(complaint, /failing failed: AlgorithmError: .*no luck.*exit code: 7/);
  });

  test('ls lists the newest first, filtered, in pages, and as JSON', async () => {
    const all = await place.run('ls');
    const [titles = '', ...rows] = all.output.trim().split('\n');
    assert.match(titles, /^NAME +STATUS +DURATION +INSTANCE +AGE +METRIC$/);
    assert.deepEqual(
      rows.map((row) => row.split(/ +/).slice(0, 2)),
      [
        ['failing', 'Failed'],
        ['first', 'Completed'],
      ],
    );
    assert.match(rows[1] ?? '', /ml\.m5\.large .*loss 0\.3$/);
    const failed = await place.run('ls', '--status', 'Failed', '--json');
    assert.equal(JSON.parse(failed.output).TrainingJobName, 'failing');
    assert.equal((await place.run('ls', '--limit', '1')).output.trim().split('\n').length, 2);
    assert.match((await place.run('ls', '--name', 'nothing')).complaint, /no training jobs/);
  });

  test('describe says what is known, as JSON what the API says', async () => {
    const shown = await place.run('describe', 'failing');
    assert.match(shown.output, /^failing {2}Failed\nAlgorithmError: /);
    assert.match(shown.output, /STATUSES\n.*\n.*Starting/);
    const { output } = await place.run('describe', 'first', '--json');
    assert.equal(JSON.parse(output).FinalMetricDataList[0].MetricName, 'loss');
    const nobody = await place.run('describe', 'nobody');
    assert.deepEqual([nobody.code, nobody.complaint], [1, 'trainyard: there is no job nobody.\n']);
  });

  test('logs prints all, the last lines, and with hosts of several', async () => {
    assert.equal((await place.run('logs', 'first', '--tail', '1')).output, 'the data\n');
    assert.match((await place.run('logs', 'first', '--timestamps')).output, /^\d{4}-.*Z step=1 loss=0\.1\n/);
    assert.equal((await place.run('logs', 'first', '--since', '2100-01-01')).output, '');
    const started = await place.run(
      ...[
        'run',
        '--no-follow',
        '--name',
        'two',
        '--instances',
        '2',
        '--',
        'sh',
        '-c',
        'echo "from $(hostname)"',
      ],
    );
    assert.deepEqual([started.code, started.output], [0, 'two\n']);
    const followed = await place.run('logs', '-f', 'two');
    assert.equal(followed.code, 0, followed.complaint);
    assert.deepEqual(followed.output.trim().split('\n').sort(), [
      'algo-1 │ from algo-1',
      'algo-2 │ from algo-2',
    ]);
    assert.equal((await place.run('logs', 'two', '--host', 'algo-2')).output, 'from algo-2\n');
    assert.match((await place.run('logs', 'two', '--host', 'algo-3')).complaint, /no host algo-3/);
    assert.match((await place.run('logs', 'nobody')).complaint, /no job nobody/);
    assert.equal((await place.run('logs', '-f', 'failing')).code, 1);
  });

  test('a log of 100,000 lines is whole, and its end is found at once', async () => {
    await place.run('run', '--name', 'long', '--', 'seq', '100000');
    const lines = (await place.run('logs', 'long')).output.trimEnd().split('\n');
    assert.deepEqual([lines.length, lines[0], lines.at(-1)], [100_000, '1', '100000']);
    const tail = (await place.run('logs', 'long', '--tail', '12000')).output.trimEnd().split('\n');
    assert.deepEqual([tail.length, tail[0]], [12_000, '88001']);
  });

  test('stop and rm: each job that can be, and a line for each that can not', async () => {
    await place.run('run', '--no-follow', '--name', 'endless', '--', 'sleep', '1000');
    const busy = await place.run('rm', '-y', 'endless');
    assert.deepEqual([busy.code, busy.output], [1, '']);
    const stopped = await place.run('stop', '--wait', 'nobody', 'endless');
    assert.deepEqual([stopped.code, stopped.output], [1, 'endless  Stopped\n']);
    assert.equal(stopped.complaint, 'trainyard: there is no job nobody.\n');
    assert.match((await place.run('rm', 'endless')).complaint, /Its logs stay[\s\S]*remove them with --yes/);
    assert.equal((await place.run('rm', '-y', 'endless')).output, 'endless  removed\n');
    assert.equal((await place.run('describe', 'endless')).code, 1);
  });

  test('cp brings files and folders there and back', async () => {
    const uri = 's3://sagemaker-us-east-1-123456789012/copied';
    const large = Buffer.alloc(20_000_000, 'trainyard');
    await place.write('large.bin', large);
    assert.equal((await place.run('cp', 'large.bin', `${uri}/`)).output, '1 file, 20.0 MB\n');
    assert.equal((await place.run('cp', '-r', uri, 'back')).code, 0);
    assert.ok(large.equals(await readFile(join(place.folder, 'back/large.bin'))));
    const folder = await place.run('cp', '-r', 'out', `${uri}/out`, '--json');
    assert.equal(JSON.parse(folder.output).files, 1);
    assert.equal((await place.run('cp', 'job:first/model', '.')).code, 0);
    const [model, brought] = await Promise.all(
      ['model.tar.gz', 'out/model.tar.gz'].map((name) => readFile(join(place.folder, name))),
    );
    assert.ok(model && brought && model.equals(brought));
    for (const [words, complaint] of [
      [['cp', 'out', uri], /copy it with -r/],
      [['cp', 'a', 'b'], /must be on S3/],
      [['cp', 'nothing', uri], /no file or folder nothing/],
      [['cp', `${uri}/nothing`, '.'], /no object s3:/],
      [['cp', 'job:failing/model', '.'], /no object s3:/],
    ] as const) {
      const refused = await place.run(...words);
      assert.equal(refused.code, 1);
      assert.match(refused.complaint, complaint);
    }
  });

  test('doctor finds that jobs can run where one did', async () => {
    const { code, output } = await place.run('doctor', '--json');
    const { ok, findings } = JSON.parse(output);
    assert.deepEqual([code, ok], [0, true]);
    assert.match(findings.find(({ what }: { what: string }) => what === 'server').found, /^runs at http/);
  });

  test('what can not be is refused before anything is sent, and says what can', async () => {
    const type = await place.run('run', '--instance-type', 'ml.m5.tiny', '--', 'true');
    assert.equal(type.code, 1);
    assert.match(
      type.complaint,
      /^trainyard: there is no instance type ml\.m5\.tiny\. There are .*ml\.m5\.large/,
    );
    for (const [words, complaint] of [
      [['--name', 'a b'], /^trainyard: 1 validation error detected: Value 'a b' at 'trainingJobName' failed/],
      [['--metric', 'loss=('], /^trainyard: Invalid AlgorithmSpecification\.MetricDefinitions: .*'loss'/],
      [
        ['--name', 'First'],
        /^trainyard: Training job names must be unique .*\(arn:aws:sagemaker:.*\/first\)$/m,
      ],
    ] as const) {
      const refused = await place.run('run', ...words, '--', 'true');
      assert.equal(refused.code, 1);
      assert.match(refused.complaint, complaint);
      assert.doesNotMatch(refused.complaint, /code: \d+ file/, 'it was sent');
    }
    const fault = await place.run('fault', 'first', 'bad-luck');
    assert.match(fault.complaint, /^trainyard: there is no fault bad-luck: there are interrupt, /);
  });

  test('faults clear ends those that there are, and complains of numbers that no fault has', async () => {
    const { output } = await place.run('fault', 'nobody-yet', 'no-capacity', '--json');
    const { id } = JSON.parse(output);
    const both = await place.run('faults', 'clear', String(id), '999');
    assert.deepEqual(both, {
      code: 1,
      output: '1 cleared\n',
      complaint: 'trainyard: there is no fault 999.\n',
    });
    const again = await place.run('faults', 'clear', String(id));
    assert.deepEqual(again, {
      ...{ code: 0, output: '0 cleared\n' },
      complaint: `trainyard: fault ${id} was over before.\n`,
    });
  });

  test('the help of each command fits a terminal of 80 columns, and has an example', async () => {
    const help = await place.run('--help');
    const names = [...help.output.matchAll(/^ {2}([a-z]+)(?= )/gm)].map(([, name = '']) => name);
    assert.ok(names.length > 15, help.output);
    const commands = names.filter((name) => !['help', 'trainyard', 'eval'].includes(name));
    const below = ['faults list', 'faults clear', 'clock show', 'clock advance'];
    for (const command of ['', ...commands, ...below]) {
      const words = command.split(' ').filter((word) => word !== '');
      const { output } = await place.run(...words, '--help');
      if (!['faults', 'clock'].includes(command)) assert.match(output, /\nExamples:\n {2}\S/, command);
      for (const line of output.split('\n')) assert.ok([...line].length <= 80, `${command}: ${line}`);
    }
  });

  test('a wrong command line is 2', async () => {
    for (const words of [
      ['nonsense'],
      ['ls', '--status', 'Nice'],
      ['describe'],
      ['ls', '--limit', '0'],
      ['faults', 'clear', 'x'],
    ])
      assert.equal((await place.run(...words)).code, 2);
    const help = await place.run('run', '--help');
    assert.deepEqual([help.code, help.output.includes('Examples:')], [0, true]);
  });

  test('follows through a kill -9 of the server, and says 3 when there is none', async () => {
    const script = 'seq 1 50; sleep 4; seq 51 100';
    await place.run('run', '--no-follow', '--name', 'survivor', '--', 'sh', '-c', script);
    const following = place.start(['logs', '-f', 'survivor']);
    await following.until(/^50$/m);
    await place.killServer();
    await following.until(/the server is gone/);
    for (const words of [['ls'], ['cp', 'job:first/model', '.'], ['run', '--', 'true']]) {
      const lost = await place.run(...words);
      assert.equal(lost.code, 3, lost.complaint);
      assert.match(lost.complaint, /^trainyard: no server answers at \S+: .*trainyard serve`\.\n$/);
    }
    await place.startServer();
    const { code, output, complaint } = await following.ended;
    assert.equal(code, 0, complaint);
    assert.match(complaint, /the server is back/);
    assert.deepEqual(
      output.trim().split('\n').map(Number),
      Array.from({ length: 100 }, (_, at) => at + 1),
    );
  });
});
