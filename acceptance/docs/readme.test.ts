import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { describe as group, test } from 'node:test';
import { blocksOf } from './page-blocks.ts';
import { typed } from './stranger.ts';

const ROOT = {
  docs: new URL('../../docs/', import.meta.url),
  tests: new URL('.', import.meta.url),
  images: new URL('../images/images.test.ts', import.meta.url),
};

const TRAIN = `import os
rows = len(open("/opt/ml/input/data/train/rows.csv").readlines())
print(f"loss={1 / rows}")
open(os.path.join("/opt/ml/model", "rows"), "w").write(str(rows))
`;

/** A spot job that runs until it is interrupted, and completes when it begins anew. */
const SUBMIT = `import sys, boto3
SCRIPT = "[ -e /opt/ml/checkpoints/once ] && exit 0; touch /opt/ml/checkpoints/once; trap 'exit 1' TERM; sleep 1000 & wait"
bucket = "s3://sagemaker-us-east-1-123456789012"
boto3.client("sagemaker").create_training_job(
    TrainingJobName=sys.argv[1],
    RoleArn="arn:aws:iam::123456789012:role/trainyard",
    AlgorithmSpecification={"TrainingImage": "trainyard/host:latest", "TrainingInputMode": "File",
                            "ContainerEntrypoint": ["/bin/sh", "-c", SCRIPT]},
    OutputDataConfig={"S3OutputPath": bucket + "/output"},
    CheckpointConfig={"S3Uri": bucket + "/checkpoints/" + sys.argv[1]},
    ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
    EnableManagedSpotTraining=True,
    StoppingCondition={"MaxRuntimeInSeconds": 3600, "MaxWaitTimeInSeconds": 28 * 24 * 3600},
)
`;

test('README: your first job, and then from the terminal', async (t) => {
  const files = { 'data/rows.csv': '1,2\n3,4\n', 'train.py': TRAIN };
  const output = await typed(t, { 'README.md': ['first-job', 'terminal'] }, { files });
  assert.match(output, /"TrainingJobStatus": "Completed"/);
  assert.match(output, /^lines=2$/m);
  assert.match(output, /download: s3:\/\/\S+first-job\/output\/model\.tar\.gz to \.\/model\.tar\.gz/);
  assert.match(output, /^trainyard: my-job completed$/m);
  assert.match(output, /^ {2}loss +0\.5/m);
  assert.match(output, /^1 file, \d+ B$/m);
});

for (const page of ['docs/BOTO3.md', 'docs/SAGEMAKER-SDK.md'])
  test(`${page}: the start`, async (t) => {
    assert.match(await typed(t, { [page]: ['start'] }), /^trainyard ready on /m);
  });

test('docs/AWS-CLI.md: the variables of the proxy', async (t) => {
  const then = 'echo "by $HTTPS_PROXY, trusting $AWS_CA_BUNDLE"';
  const output = await typed(t, { 'docs/AWS-CLI.md': ['start', 'proxy'] }, { then });
  assert.match(output, /^by http:\/\/\S+, trusting \/\S+$/m);
});

test('docs/AWS-CLI.md and METRICS.md: statistics of a job that is not there are none', async (t) => {
  const output = await typed(t, { 'docs/AWS-CLI.md': ['start'], 'docs/METRICS.md': ['metrics'] });
  assert.match(output, /"Datapoints": \[\]/);
});

group('docs/TESTING.md', () => {
  const files = { 'submit.py': SUBMIT };

  test('an interruption', async (t) => {
    const output = await typed(t, { 'docs/TESTING.md': ['start', 'faults'] }, { files });
    assert.match(output, /my-job {2}Interrupted /);
    assert.match(output, /my-job {2}Completed /);
  });

  test('28 days in a second', async (t) => {
    const then = 'npx trainyard watch --job my-job --until-end || true';
    const output = await typed(t, { 'docs/TESTING.md': ['start', 'clock'] }, { files, then });
    assert.match(output, /my-job {2}Stopped\/MaxWaitTimeExceeded/);
  });

  test('the same over HTTP', async (t) => {
    const then = 'npx trainyard faults; npx trainyard clock --json';
    const output = await typed(t, { 'docs/TESTING.md': ['start', 'own-api'] }, { then });
    assert.match(output, /^fault 1: interrupt for my-job, active$/m);
  });
});

test('each block that a reader would copy is run by a test, or says why it is not', async () => {
  const docs = (await readdir(ROOT.docs)).filter((name) => name.endsWith('.md'));
  const pages = ['README.md', ...docs.map((name) => `docs/${name}`)];
  const files = [...(await readdir(ROOT.tests)).map((name) => new URL(name, ROOT.tests)), ROOT.images];
  const tests = (await Promise.all(files.map((file) => readFile(file, 'utf8')))).join();
  let found = 0;
  for (const page of pages) {
    for (const { language, what, name, text } of await blocksOf(page)) {
      if (!['sh', 'bash', 'python'].includes(language)) continue;
      found += 1;
      if (what === 'file') continue;
      const first = text.split('\n').find((line) => line.startsWith('# Not run by the tests of this page: '));
      if (what === undefined) assert.ok(first, `${page}: a block is neither run nor says why not:\n${text}`);
      else assert.ok(tests.includes(`'${name}'`), `${page}: no test runs ${name}`);
    }
  }
  assert.ok(found > 10, `${found} blocks`);
});
