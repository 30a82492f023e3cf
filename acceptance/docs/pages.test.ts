import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { awsCli2 } from '../harness/aws-cli-2.ts';
import { clientEnvironment } from '../harness/environment.ts';
import { pythonClients, sageMakerSdk } from '../harness/python.ts';
import { withServer } from '../harness/sdk-server.ts';
import { blockOf, blocksOf } from './page-blocks.ts';

const run = promisify(execFile);
const WITHIN_MS = 300_000;

/** Runs one block of a page as it stands there, in a folder with the page's files. Returns what it prints. */
async function printed(
  t: TestContext,
  page: string,
  name: string,
  bin: string,
  proxy: boolean,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'trainyard-page-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const blocks = await blocksOf(`docs/${page}`);
  for (const file of blocks.filter(({ what }) => what === 'file')) {
    await mkdir(dirname(join(folder, file.name)), { recursive: true });
    await writeFile(join(folder, file.name), file.text);
  }
  const block = await blockOf(`docs/${page}`, name);
  const shown = proxy ? 'npx trainyard env --wait --proxy' : 'npx trainyard env --wait';
  assert.ok(
    blocks.some(({ language, text }) => language === 'sh' && text.includes(`eval "$(${shown})"`)),
    `${page} shows how to get the environment`,
  );
  return withServer({ flags: proxy ? ['--proxy'] : [] }, async (variables) => {
    const env = clientEnvironment({ ...variables, XDG_CONFIG_HOME: folder, XDG_CONFIG_DIRS: folder });
    const [command, args] =
      block.language === 'python'
        ? [join(bin, 'python'), ['-c', block.text]]
        : ['/bin/sh', ['-euc', block.text]];
    const { stdout } = await run(command, args, {
      ...{ cwd: folder, timeout: WITHIN_MS, maxBuffer: 1 << 24 },
      env: { ...env, PATH: `${bin}${delimiter}${env.PATH}` },
    });
    return stdout;
  });
}

test('I use boto3', async (t) => {
  const output = await printed(t, 'BOTO3.md', 'boto3', await pythonClients(), false);
  assert.match(
    output,
    /^Completed \[\{'MetricName': 'rows', 'Value': 2(\.0)?, .* s3:\/\/\S+\/model\.tar\.gz\nrows=2\n$/,
  );
});

test('I use the AWS CLI', async (t) => {
  const output = await printed(t, 'AWS-CLI.md', 'aws-cli', await pythonClients(), false);
  assert.match(output, /"Completed"/);
  assert.match(output, /2 \/opt\/ml\/input\/data\/train\/rows\.csv/);
  assert.match(output, /download: s3:\/\/\S+ to \.\/model\.tar\.gz/);
});

test('I use the AWS CLI, version 2, by the proxy', async (t) => {
  const bin = await mkdtemp(join(tmpdir(), 'trainyard-aws-'));
  t.after(() => rm(bin, { recursive: true, force: true }));
  await symlink(await awsCli2(), join(bin, 'aws'));
  const output = await printed(t, 'AWS-CLI.md', 'aws-cli', bin, true);
  assert.match(output, /"Completed"/);
  assert.match(output, /download: s3:\/\/\S+ to \.\/model\.tar\.gz/);
});

for (const version of [2, 3] as const) {
  test(`I use the SageMaker Python SDK, version ${version}`, async (t) => {
    const output = await printed(
      t,
      'SAGEMAKER-SDK.md',
      version === 2 ? 'sdk2' : 'sdk3',
      await sageMakerSdk(version),
      true,
    );
    assert.match(output, /s3:\/\/sagemaker-us-east-1-123456789012\/\S+\/output\/model\.tar\.gz\n$/);
  });
}
