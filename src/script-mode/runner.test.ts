import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { buffer } from 'node:stream/consumers';
import { describe, type TestContext, test } from 'node:test';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { pack } from 'tar-stream';
import { S3Server } from '../services/s3/testing/s3-server.ts';
import { ScriptJob } from './testing/script-job.fixture.ts';

const DUMP =
  'import json, os, sys; print(json.dumps({"arguments": sys.argv[1:], "variables": dict(os.environ)}))';

const hyperparameters = (own: object) =>
  Object.fromEntries(
    Object.entries({ sagemaker_program: 'train.py', ...own }).map(([name, value]) => [
      name,
      JSON.stringify(value),
    ]),
  );

/** What a script that prints `DUMP` printed. */
function dumped(output: string): { arguments: string[]; variables: Record<string, string> } {
  return JSON.parse(output.trim().split('\n').at(-1) ?? '');
}

describe('a script', () => {
  test('gets its hyperparameters as arguments, by name (training contract §7.1)', async (t) => {
    const own = {
      epochs: 3,
      lr: 0.1,
      name: 'a b',
      x: true,
      nothing: null,
      map: { b: 1, a: 'z' },
      list: [1, 2],
    };
    const job = await ScriptJob.make(t, {
      hyperparameters: hyperparameters(own),
      code: { 'train.py': DUMP },
    });
    const { code, output } = await job.run('train');
    assert.equal(code, 0);
    assert.deepEqual(dumped(output).arguments, [
      ...['--epochs', '3', '--list', '[1, 2]', '--lr', '0.1', '--map', 'a=z,b=1'],
      ...['--name', 'a b', '--nothing', '', '-x', 'True'],
    ]);
    assert.match(output, /^Invoking script with the following command:\n\n\S*python3? train.py --epochs 3 /);
    assert.ok(existsSync(join(job.ml, 'output/success')));
  });

  test('gets text that is no JSON as it is: other clients than SDK 2 send it so', async (t) => {
    const job = await ScriptJob.make(t, {
      hyperparameters: {
        sagemaker_program: 'train.py',
        _tuning_objective_metric: 'loss',
        kind: 'plain text',
      },
      code: { 'train.py': DUMP },
    });
    assert.deepEqual(dumped((await job.run()).output).arguments, ['--kind', 'plain text']);
  });

  test('finds the SM_ variables', async (t) => {
    const channels = {
      train: { TrainingInputMode: 'File', S3DistributionType: 'FullyReplicated', RecordWrapperType: 'None' },
      'a-b': { TrainingInputMode: 'File', S3DistributionType: 'FullyReplicated', RecordWrapperType: 'None' },
    };
    const own = {
      ...{ 'learning-rate': 0.5, epochs: 2 },
      ...{ sagemaker_job_name: 'named', sagemaker_region: 'eu-west-1', sagemaker_container_log_level: 30 },
    };
    const job = await ScriptJob.make(t, {
      hyperparameters: hyperparameters(own),
      channels,
      code: { 'train.py': DUMP },
    });
    const { output } = await job.run('train');
    assert.ok(!output.includes('Invoking'), 'a log level above INFO');
    const { variables } = dumped(output);
    const { SM_TRAINING_ENV, ...rest } = Object.fromEntries(
      Object.entries(variables).filter(([name]) => name.startsWith('SM_')),
    );
    const processors = Number(
      execFileSync('python3', ['-c', 'import os; print(len(os.sched_getaffinity(0)))']),
    );
    const resources = {
      current_group_name: 'homogeneousCluster',
      current_host: 'algo-1',
      current_instance_type: 'ml.m5.large',
      hosts: ['algo-1'],
      instance_groups: [
        { hosts: ['algo-1'], instance_group_name: 'homogeneousCluster', instance_type: 'ml.m5.large' },
      ],
      network_interface_name: 'eth0',
    };
    const { SM_NUM_GPUS, SM_NUM_NEURONS, ...told } = rest;
    assert.match(`${SM_NUM_GPUS} ${SM_NUM_NEURONS}`, /^\d+ \d+$/);
    const framework = {
      ...{ sagemaker_container_log_level: 30, sagemaker_job_name: 'named', sagemaker_program: 'train.py' },
      sagemaker_region: 'eu-west-1',
    };
    assert.deepEqual(told, {
      SM_CHANNELS: '["a-b","train"]',
      SM_CHANNEL_TRAIN: `${job.ml}/input/data/train`,
      'SM_CHANNEL_A-B': `${job.ml}/input/data/a-b`,
      SM_CURRENT_HOST: 'algo-1',
      SM_CURRENT_INSTANCE_GROUP: 'homogeneousCluster',
      SM_CURRENT_INSTANCE_GROUP_HOSTS: '["algo-1"]',
      SM_CURRENT_INSTANCE_TYPE: 'ml.m5.large',
      SM_DISTRIBUTION_INSTANCE_GROUPS: '[]',
      SM_FRAMEWORK_MODULE: '',
      SM_FRAMEWORK_PARAMS: JSON.stringify(framework),
      SM_HOSTS: '["algo-1"]',
      SM_HPS: '{"epochs":2,"learning-rate":0.5}',
      SM_HP_EPOCHS: '2',
      'SM_HP_LEARNING-RATE': '0.5',
      SM_INPUT_CONFIG_DIR: `${job.ml}/input/config`,
      SM_INPUT_DATA_CONFIG: JSON.stringify({ 'a-b': sorted(channels['a-b']), train: sorted(channels.train) }),
      SM_INPUT_DIR: `${job.ml}/input`,
      SM_INSTANCE_GROUPS: '["homogeneousCluster"]',
      SM_INSTANCE_GROUPS_DICT: JSON.stringify({ homogeneousCluster: resources.instance_groups[0] }),
      SM_IS_HETERO: 'false',
      SM_LOG_LEVEL: '30',
      SM_MODEL_DIR: `${job.ml}/model`,
      SM_MODULE_DIR: `${job.ml}/code`,
      SM_MODULE_NAME: 'train',
      SM_NETWORK_INTERFACE_NAME: 'eth0',
      SM_NUM_CPUS: `${processors}`,
      SM_OUTPUT_DATA_DIR: `${job.ml}/output/data`,
      SM_OUTPUT_DIR: `${job.ml}/output`,
      SM_OUTPUT_INTERMEDIATE_DIR: `${job.ml}/output/intermediate`,
      SM_RESOURCE_CONFIG: JSON.stringify(resources),
      SM_USER_ARGS: '["--epochs","2","--learning-rate","0.5"]',
      SM_USER_ENTRY_POINT: 'train.py',
    });
    const all = JSON.parse(SM_TRAINING_ENV ?? '');
    assert.equal(all.is_master, true);
    assert.deepEqual(all.hyperparameters, { epochs: 2, 'learning-rate': 0.5 });
    assert.equal(variables.SAGEMAKER_JOB_NAME, 'named');
    assert.equal(variables.SAGEMAKER_REGION, 'eu-west-1');
    assert.equal(variables.CURRENT_HOST, 'algo-1');
  });

  test('is told where the hosts of torch.distributed meet, unless the job says so (training contract §6)', async (t) => {
    const options = {
      hyperparameters: hyperparameters({}),
      resources: { current_host: 'algo-2', hosts: ['algo-1', 'algo-2'] },
      code: { 'train.py': DUMP },
    };
    const told = dumped((await (await ScriptJob.make(t, options)).run('train')).output).variables;
    assert.deepEqual([told.MASTER_ADDR, told.MASTER_PORT], ['algo-1', '7777']);
    const own = await ScriptJob.make(t, { ...options, environment: { MASTER_PORT: '23456' } });
    const { variables } = dumped((await own.run('train')).output);
    assert.deepEqual([variables.MASTER_ADDR, variables.MASTER_PORT], ['algo-1', '23456']);
  });

  test('may be a shell script, and a package', async (t) => {
    const shell = await ScriptJob.make(t, {
      hyperparameters: hyperparameters({ sagemaker_program: 'run.sh', name: "it's" }),
      code: { 'run.sh': '#!/bin/sh\necho "$PWD $*"' },
    });
    assert.match((await shell.run()).output, new RegExp(`\n${shell.ml}/code --name it's\n$`));
  });

  test('is not run when ContainerArguments say what is', async (t) => {
    const job = await ScriptJob.make(t);
    assert.equal((await job.run('echo', 'hello')).output, 'hello\n');
  });
});

describe('the source', () => {
  test('comes from S3 with the job’s own credentials', async (t) => {
    const server = await S3Server.start();
    t.after(() => server.close());
    const archive = pack();
    archive.entry({ name: 'train.py' }, 'import part; print(part.WORD)');
    archive.entry({ name: 'part.py' }, 'WORD = "from S3"');
    archive.finalize();
    const key = 'a job (1)/ü+&=/source/sourcedir.tar';
    await server.client.send(new CreateBucketCommand({ Bucket: 'code' }));
    const Body = await buffer(archive);
    await server.client.send(
      new PutObjectCommand({ Bucket: 'code', Key: key, Body, ServerSideEncryption: 'aws:kms' }),
    );
    const { accessKeyId, secretAccessKey } = await server.client.config.credentials();
    const environment = {
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      S3_ENDPOINT_URL: `http://127.0.0.1:${server.port}`,
    };
    const submit = (uri: string, own: Record<string, string> = {}) =>
      ScriptJob.make(t, {
        hyperparameters: hyperparameters({ sagemaker_submit_directory: uri }),
        environment: { ...environment, ...own },
      });
    const whole = await (await submit(`s3://code/${key}`)).run();
    assert.match(whole.output, /from S3\n$/, whole.errors);

    const missing = await (await submit('s3://code/nothing.tar.gz')).run();
    assert.equal(missing.code, 1);
    assert.match(
      missing.failure ?? '',
      /^The source s3:\/\/code\/nothing\.tar\.gz could not be read: NoSuchKey: The specified key does not exist\.$/,
    );

    const denied = await (await submit(`s3://code/${key}`, { AWS_SECRET_ACCESS_KEY: 'wrong' })).run();
    assert.match(denied.failure ?? '', /SignatureDoesNotMatch/);

    const isolated = await (await submit(`s3://code/${key}`, { AWS_ACCESS_KEY_ID: '' })).run();
    assert.match(isolated.failure ?? '', /the job has no credentials .*channel `code`/);
  });

  test('may be a channel’s archive, as with EnableNetworkIsolation', async (t) => {
    const place = '/input/data/code/sourcedir.tar.gz';
    const job = await ScriptJob.make(t, { code: {} });
    const own = hyperparameters({ sagemaker_submit_directory: job.ml + place });
    await writeFile(join(job.ml, 'input/config/hyperparameters.json'), JSON.stringify(own));
    await mkdir(join(job.ml, 'input/data/code'), { recursive: true });
    const archive = pack();
    archive.entry({ name: 'train.py' }, 'print("from a channel")');
    archive.finalize();
    await writeFile(job.ml + place, await buffer(archive));
    assert.match((await job.run()).output, /from a channel\n$/);
  });

  test('without the script is a failure that says so', async (t) => {
    const nothing = await ScriptJob.make(t, { hyperparameters: { epochs: '1' } });
    assert.match(
      (await nothing.run()).failure ?? '',
      /^No training script: the hyperparameter sagemaker_program /,
    );
    const other = await ScriptJob.make(t, {
      hyperparameters: hyperparameters({}),
      code: { 'other.py': '' },
    });
    assert.match((await other.run()).failure ?? '', /^The training script train\.py is not in the source/);
  });
});

describe('requirements.txt', () => {
  const withPip = () => {
    try {
      execFileSync('python3', ['-m', 'pip', '--version'], { stdio: 'ignore' });
      return false;
    } catch {
      return 'this machine has no pip';
    }
  };

  test('is installed before the script runs', { skip: withPip() }, async (t) => {
    const packages = await mkdtemp(join(tmpdir(), 'trainyard-packages-'));
    t.after(() => rm(packages, { recursive: true, force: true }));
    const job = await ScriptJob.make(t, {
      hyperparameters: hyperparameters({}),
      code: {
        'train.py': 'import tiny; print(tiny.WORD)',
        'requirements.txt': './tiny-1.0-py3-none-any.whl\n',
      },
      environment: { PIP_TARGET: packages, PYTHONPATH: packages, PIP_NO_INDEX: '1' },
    });
    await makeWheel(join(job.ml, 'code/tiny-1.0-py3-none-any.whl'));
    const end = await job.run();
    assert.match(end.output, /installed wheel\n$/, end.errors);
  });

  test('that can not be installed is the failure', { skip: withPip() }, async (t) => {
    const job = await ScriptJob.make(t, {
      hyperparameters: hyperparameters({}),
      code: { 'train.py': '', 'requirements.txt': 'no-such-package-anywhere==9\n' },
      // The test has this machine's own Python, which may be Debian's, as root: pip would say no more than that it must not.
      environment: { PIP_NO_INDEX: '1', PIP_BREAK_SYSTEM_PACKAGES: '1' },
    });
    const { code, failure } = await job.run();
    assert.equal(code, 1);
    assert.match(failure ?? '', /^InstallRequirementsError:\nExitCode 1\nErrorMessage ".*no-such-package/s);
  });
});

describe('a script that fails', () => {
  const failing = (t: TestContext, text: string, program = 'train.py') =>
    ScriptJob.make(t, {
      hyperparameters: hyperparameters({ sagemaker_program: program, epochs: 1 }),
      code: { [program]: text },
    });

  test('has its error in the failure file, and exit code 1 (training contract §1.6)', async (t) => {
    const job = await failing(t, 'def go():\n    raise KeyError("which")\nprint("before")\ngo()');
    const { code, failure, errors } = await job.run();
    assert.equal(code, 1);
    assert.match(
      failure ?? '',
      /^ExecuteUserScriptError:\nExitCode 1\nErrorMessage "KeyError: 'which'\nTraceback \(most recent call last\):\n.*line 2, in go.*"\nCommand ".*python3? train\.py --epochs 1"$/s,
    );
    assert.ok((failure ?? '').length <= 1024);
    assert.match(errors, /Traceback \(most recent call last\)/);
  });

  test('keeps what it wrote to the failure file itself', async (t) => {
    const job = await failing(
      t,
      'import os, sys\nopen(os.environ["SM_OUTPUT_DIR"] + "/failure", "w").write("mine")\nsys.exit(3)',
    );
    const { code, failure } = await job.run();
    assert.deepEqual({ code, failure }, { code: 1, failure: 'mine' });
  });

  test('without a traceback tells its last words', async (t) => {
    const job = await failing(t, '#!/bin/sh\necho nothing here >&2\nexit 7', 'run.sh');
    const { failure } = await job.run();
    assert.match(
      failure ?? '',
      /^ExecuteUserScriptError:\nExitCode 7\nErrorMessage "nothing here"\nCommand /,
    );
  });

  test('and was killed for want of memory says so', async (t) => {
    const job = await failing(t, 'import os, signal\nos.kill(os.getpid(), signal.SIGKILL)');
    assert.match(
      (await job.run()).failure ?? '',
      /^ExecuteUserScriptError:\nExitCode -9\n.*\nExtraInfo "OutOfMemory/,
    );
  });
});

describe('a stop', () => {
  for (const [program, text] of [
    [
      'train.py',
      'import signal, sys, time\nsignal.signal(signal.SIGTERM, lambda *_: (print("saved"), sys.exit(0)))\nprint("ready", flush=True)\nwhile True: time.sleep(1)',
    ],
    [
      'run.sh',
      '#!/bin/sh\npython3 -c \'import signal, sys, time\nsignal.signal(signal.SIGTERM, lambda *_: (print("saved"), sys.exit(0)))\nprint("ready", flush=True)\nwhile True: time.sleep(1)\'\n',
    ],
  ] as const) {
    test(`reaches ${program}, which may still save what it has`, async (t) => {
      const job = await ScriptJob.make(t, {
        hyperparameters: hyperparameters({ sagemaker_program: program }),
        code: { [program]: text },
      });
      const runner = job.start('train');
      t.after(() => runner.kill('SIGKILL'));
      assert.ok(runner.stdout);
      const lines: string[] = [];
      const reader = createInterface({ input: runner.stdout });
      const closed = once(runner, 'close');
      reader.on('line', (line) => {
        lines.push(line);
        if (line === 'ready') runner.kill('SIGTERM');
      });
      await closed;
      assert.equal(lines.at(-1), 'saved');
      assert.ok(!existsSync(join(job.ml, 'output/failure')), 'a stop is no failure');
    });
  }
});

describe('distribution', () => {
  const FAKE_TORCH = {
    'torch/__init__.py': '',
    'torch/distributed/__init__.py': '',
    'torch/distributed/run.py': DUMP,
  };

  test('torch_distributed starts torchrun on each host (training contract §6)', async (t) => {
    const job = await ScriptJob.make(t, {
      hyperparameters: hyperparameters({
        ...{ sagemaker_torch_distributed_enabled: true, epochs: 2 },
        sagemaker_mpi_num_of_processes_per_host: 3,
      }),
      resources: { hosts: ['algo-1', 'algo-2'], current_host: 'algo-2' },
      code: { 'train.py': '', ...FAKE_TORCH },
      environment: { PYTHONPATH: './' },
    });
    const { output, errors } = await job.run();
    assert.deepEqual(
      dumped(output).arguments,
      [
        ...['--nnodes', '2', '--nproc_per_node', '3', '--master_addr', 'algo-1', '--master_port', '7777'],
        ...['--node_rank', '1', 'train.py', '--epochs', '2'],
      ],
      errors,
    );
  });

  test('launchers that the image has not are refused', async (t) => {
    const job = await ScriptJob.make(t, {
      hyperparameters: hyperparameters({ sagemaker_mpi_enabled: true }),
      code: { 'train.py': '' },
    });
    const { code, failure } = await job.run();
    assert.equal(code, 1);
    assert.match(
      failure ?? '',
      /^MPI \(hyperparameter sagemaker_mpi_enabled\) can't be honoured by this image/,
    );
  });
});

const sorted = (object: object) => Object.fromEntries(Object.entries(object).sort());

/** A wheel is an archive with three files about itself. */
async function makeWheel(path: string): Promise<void> {
  const program = `
import zipfile, sys
with zipfile.ZipFile(sys.argv[1], "w") as wheel:
    wheel.writestr("tiny.py", "WORD = 'installed wheel'")
    about = "tiny-1.0.dist-info/"
    wheel.writestr(about + "METADATA", "Metadata-Version: 2.1\\nName: tiny\\nVersion: 1.0\\n")
    wheel.writestr(about + "WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr(about + "RECORD", "")
`;
  execFileSync('python3', ['-c', program, path]);
}
