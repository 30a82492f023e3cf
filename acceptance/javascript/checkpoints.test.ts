import assert from 'node:assert/strict';
import { describe as group, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { StopTrainingJobCommand } from '@aws-sdk/client-sagemaker';
import { service, unique } from './cases.ts';
import { create, describe, logLines, s3, sagemaker, waitForEnd, waitForLine } from './jobs.ts';

const WITHIN_MS = 60_000;

/** Says what it was given, writes a checkpoint, waits until that is safe, and when it is stopped changes it and writes another. */
const SCRIPT = `
cat /opt/ml/input/config/checkpointconfig.json /opt/ml/input/config/tensorboardoutputconfig.json; echo
cat "$STATE/step-1/model"
trap 'echo last > "$STATE/step-3"; rm -r "$STATE/step-1"; mv "$STATE/step-2" "$STATE/kept"; exit 0' TERM
echo events > /opt/ml/output/tensorboard/events
echo two > "$STATE/step-2.sagemaker-ignore"
mv "$STATE/step-2.sagemaker-ignore" "$STATE/step-2"
while [ ! -e "$STATE/step-2.sagemaker-uploaded" ]; do sleep 0.1; done
echo safe
while :; do sleep 0.1; done
`;

/** Holds a file open, half written, until another that was closed later is safe. */
const SLOW_SCRIPT = `
cd /opt/ml/checkpoints
exec 3>slow; echo half >&3
echo closed > quick
while [ ! -e quick.sagemaker-uploaded ]; do sleep 0.1; done
[ -e slow.sagemaker-uploaded ] && echo too early
echo whole >&3; exec 3>&-
while [ ! -e slow.sagemaker-uploaded ]; do sleep 0.1; done
echo safe
`;

async function put(key: string, body: string): Promise<void> {
  await s3.send(new PutObjectCommand({ Bucket: service.bucket, Key: key, Body: body }));
}

/** All objects below a prefix, from the rest of the key to the text. */
async function objects(prefix: string): Promise<Record<string, string>> {
  const { Contents: listed = [] } = await s3.send(
    new ListObjectsV2Command({ Bucket: service.bucket, Prefix: prefix }),
  );
  const texts: Record<string, string> = {};
  for (const { Key: key = '' } of listed) {
    const { Body: body } = await s3.send(new GetObjectCommand({ Bucket: service.bucket, Key: key }));
    texts[key.slice(prefix.length)] = (await body?.transformToString()) ?? '';
  }
  return texts;
}

group('synced folders', () => {
  for (const localPath of ['/opt/ml/checkpoints', '/state']) {
    test(`checkpoints in ${localPath} are restored, synced, and flushed when the job is stopped`, async () => {
      const prefix = `${unique('checkpoints')}/`;
      await put(`${prefix}step-1/model`, 'one\n');
      const job = await create('minimal', 'checkpoints', {
        set: {
          'AlgorithmSpecification.ContainerArguments': ['eval "$SCRIPT"'],
          Environment: { SCRIPT, STATE: localPath },
          CheckpointConfig: { S3Uri: `s3://${service.bucket}/${prefix}`, LocalPath: localPath },
          TensorBoardOutputConfig: { S3OutputPath: `s3://${service.bucket}/${prefix}board` },
        },
      });
      await waitForLine(job, 'safe');
      assert.deepEqual((await logLines(job)).slice(0, 2), [
        `{"LocalPath":"${localPath}"}{"S3OutputPath":"s3://${service.bucket}/${prefix}board/${job}/tensorboard-output","LocalPath":"/opt/ml/output/tensorboard/"}`,
        'one',
      ]);
      const events = `board/${job}/tensorboard-output/events`;
      await until(async () => events in (await objects(prefix)));
      assert.deepEqual(await objects(prefix), {
        'step-1/model': 'one\n',
        'step-2': 'two\n',
        [events]: 'events\n',
      });
      await put(`${prefix}foreign`, "another host's\n");
      await sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: job }));
      await waitForEnd(job);
      const description = await describe(job);
      assert.equal(description.TrainingJobStatus, 'Stopped');
      assert.deepEqual(description.CheckpointConfig, {
        S3Uri: `s3://${service.bucket}/${prefix}`,
        LocalPath: localPath,
      });
      assert.deepEqual(description.TensorBoardOutputConfig, {
        S3OutputPath: `s3://${service.bucket}/${prefix}board`,
      });
      assert.deepEqual(await objects(prefix), {
        foreign: "another host's\n",
        kept: 'two\n',
        'step-3': 'last\n',
        [events]: 'events\n',
      });
    });
  }

  test('a file that the algorithm holds open for writing waits until it is closed', async () => {
    const prefix = `${unique('checkpoints')}/`;
    const job = await create('minimal', 'checkpoints', {
      set: {
        'AlgorithmSpecification.ContainerArguments': ['eval "$SCRIPT"'],
        Environment: { SCRIPT: SLOW_SCRIPT },
        CheckpointConfig: { S3Uri: `s3://${service.bucket}/${prefix}` },
      },
    });
    await waitForEnd(job);
    assert.deepEqual(await logLines(job), ['safe']);
    assert.deepEqual(await objects(prefix), { quick: 'closed\n', slow: 'half\nwhole\n' });
  });

  test('a job that fails keeps its checkpoints too', async () => {
    const prefix = `${unique('checkpoints')}/`;
    const job = await create('minimal', 'checkpoints', {
      set: {
        'AlgorithmSpecification.ContainerArguments': ['echo last > /opt/ml/checkpoints/model; exit 3'],
        CheckpointConfig: { S3Uri: `s3://${service.bucket}/${prefix}` },
      },
    });
    await assert.rejects(waitForEnd(job));
    assert.match((await describe(job)).FailureReason ?? '', /^AlgorithmError: .*, exit code: 3$/);
    assert.deepEqual(await objects(prefix), { model: 'last\n' });
  });

  test('what can not be synced is refused', async () => {
    const uri = `s3://${service.bucket}/x`;
    const refused: readonly (readonly [object, RegExp])[] = [
      [{ S3Uri: uri, LocalPath: '/opt/ml/model' }, /CheckpointConfig\.LocalPath '\/opt\/ml\/model'/],
      [{ S3Uri: uri, LocalPath: '/proc/x' }, /\/proc is reserved/],
      [
        { S3Uri: 's3://no-such-bucket-at-all/x' },
        /CheckpointConfig\.S3Uri names a bucket that does not exist/,
      ],
    ];
    for (const [config, message] of refused) {
      await assert.rejects(
        create('minimal', 'refused', { set: { CheckpointConfig: config as { S3Uri: string } } }),
        { name: 'ValidationException', message },
      );
    }
  });
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + WITHIN_MS; !(await holds()); await delay(100)) {
    if (Date.now() > deadline) throw new Error(`not within ${WITHIN_MS / 1000} s`);
  }
}
