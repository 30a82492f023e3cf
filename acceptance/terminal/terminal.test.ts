import assert from 'node:assert/strict';
import { after, before, describe as group, test } from 'node:test';
import { linesOf, Workplace } from './trainyard.ts';

const ESCAPE = '\x1b';
const CONTROL_C = '\x03';

/** The commands in a real pseudo-terminal. */
group('in a terminal', () => {
  let place: Workplace;
  before(async () => {
    place = await Workplace.start();
    const name = `a-name-that-is-rather-long-${'x'.repeat(30)}`;
    await place.run('run', '--name', name, '--metric', 'loss=loss=([0-9.]+)', '--', 'echo', 'loss=0.5');
    await place.run('run', '--name', 'failing', '--', 'sh', '-c', 'exit 3');
  });
  after(() => place.end());

  test('tables fit the width, in colour unless NO_COLOR is set', async () => {
    const { code, output } = await place.terminal('trainyard ls', 60).ended;
    assert.equal(code, 0, output);
    assert.ok(output.includes(`${ESCAPE}[31mFailed`), output);
    const lines = linesOf(output);
    assert.equal(lines.length, 3);
    assert.ok(lines.every((line) => [...line].length <= 60));
    assert.match(lines[2] ?? '', /^a-name-\S*… +Completed .*loss 0\.5/);
    const plain = await place.terminal('trainyard ls', 80, { NO_COLOR: '1' }).ended;
    assert.ok(!plain.output.includes(ESCAPE), plain.output);
    assert.ok(!(await place.terminal('trainyard ls | cat').ended).output.includes(ESCAPE));
  });

  test('what a job was and what happened to it fits the width, in colour', async () => {
    const described = await place.terminal('trainyard describe failing', 60).ended;
    const lines = linesOf(described.output);
    assert.ok(
      lines.every((line) => [...line].length <= 60 || line.includes('s3://')),
      described.output,
    );
    assert.ok(lines.includes("command     sh -c 'exit 3'  (in the code's folder)"), described.output);
    const watched = await place.terminal('trainyard watch --job failing --until-end').ended;
    assert.equal(watched.code, 1, watched.output);
    assert.ok(
      watched.output.includes(`${ESCAPE}[31mFailed     ${ESCAPE}[39m AlgorithmError: `),
      watched.output,
    );
    const { output } = await place.terminal('trainyard doctor', 60).ended;
    const remedies = linesOf(output).filter((line) => line.startsWith('     '));
    assert.ok(
      remedies.every((line) => [...line].length <= 60),
      output,
    );
  });

  test('an upload has a bar, which goes away', async () => {
    await place.write('large.bin', Buffer.alloc(30_000_000, 'x'));
    const { code, output } = await place.terminal(
      'trainyard cp large.bin s3://sagemaker-us-east-1-123456789012/l',
    ).ended;
    assert.equal(code, 0, output);
    assert.match(output, /uploading large\.bin {2}\[[#·]{24}\] {2}/);
    assert.ok(output.endsWith(`\r${ESCAPE}[2K1 file, 30.0 MB\r\n`), JSON.stringify(output.slice(-100)));
  });

  test('a run has a line that lives, and Ctrl-C stops the job', async () => {
    const running = place.terminal(
      `trainyard run --name stopping --stop-delay 0 --metric 'loss=loss=([0-9.]+)' -- sh -c 'echo loss=0.25; exec sleep 1000'`,
    );
    await running.until(/⏵ {2}Training {2}\S+ {2}loss 0\.25 {2}Ctrl-C stops the job/);
    running.child.stdin.write(CONTROL_C);
    const { code, output } = await running.ended;
    assert.equal(code, 130, output);
    const lines = linesOf(output);
    assert.ok(
      lines.some((line) => line.endsWith('stopping stopping now; Ctrl-C again leaves it running.')),
      output,
    );
    assert.equal(lines.at(-1), 'trainyard: stopping stopped');
    const { output: described } = await place.run('describe', 'stopping', '--json');
    assert.equal(JSON.parse(described).TrainingJobStatus, 'Stopped');
  });

  test('a second Ctrl-C leaves the job running, and says how to follow it', async () => {
    const running = place.terminal(`trainyard run --name left --stop-delay 1h -- sleep 1000`);
    await running.until(/⏵ {2}Training/);
    running.child.stdin.write(CONTROL_C);
    await running.until(/Ctrl-C again leaves it running/);
    // As a hand would: what comes within a moment is one press.
    const again = setInterval(() => running.child.stdin.write(CONTROL_C), 200);
    const { code, output } = await running.ended.finally(() => clearInterval(again));
    assert.equal(code, 130, output);
    assert.ok(output.endsWith('trainyard: left goes on. Follow it: trainyard logs -f left\r\n'), output);
    assert.equal(
      JSON.parse((await place.run('describe', 'left', '--json')).output).TrainingJobStatus,
      'InProgress',
    );
    assert.equal((await place.run('stop', '--wait', 'left')).output, 'left  Stopped\n');
  });

  test('rm asks before it removes', async () => {
    const no = place.terminal('trainyard rm failing');
    await no.until(/Remove it\? \[y\/N\]/);
    no.child.stdin.write('n\r');
    assert.equal((await no.ended).code, 1);
    const yes = place.terminal('trainyard rm failing');
    await yes.until(/Remove it\? \[y\/N\]/);
    yes.child.stdin.write('y\r');
    const { code, output } = await yes.ended;
    assert.equal(code, 0, output);
    assert.equal(linesOf(output).at(-1), 'failing  removed');
  });
});
