import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { prefixOf } from '../../src/executors/process/network/network-names.ts';
import { CrashingServer } from '../crash/crashing-server.ts';
import { service } from '../javascript/cases.ts';
import { missing } from './missing.ts';
import { completed, create, linesOf, until, WITHIN_MS } from './two-host-job.ts';

const PYTHON = '/usr/bin/python3';

const CODE = '/opt/ml/input/data/code';
const ASK = [PYTHON, `${CODE}/ask.py`];
const GREET = [PYTHON, `${CODE}/greet.py`];
const MPI_OVER_SSH = [PYTHON, `${CODE}/ssh_mpi.py`];
const MPI = [PYTHON, `${CODE}/mpi.py`];
const TORCHRUN = ['/bin/bash', `${CODE}/torchrun.sh`];

let server: CrashingServer;

before(async () => {
  server = await CrashingServer.start();
  for (const name of [
    'ask.py',
    'greet.py',
    'mpi.py',
    'mpi_sum.py',
    'ssh_mpi.py',
    'torchrun.sh',
    'train.py',
  ]) {
    const Body = await readFile(new URL(name, import.meta.url));
    await upload(name, Body);
  }
});
after(() => server.remove());

const isolated = { EnableNetworkIsolation: true };
const noTorch = missing('python3-torch', () =>
  execFileSync(PYTHON, ['-c', 'import torch.distributed'], { stdio: 'ignore' }),
);
const noMpi = missing('openmpi-bin', () => execFileSync('mpirun', ['--version'], { stdio: 'ignore' }));
const noSsh = missing('openssh-server', () => execFileSync('/usr/sbin/sshd', ['-V'], { stdio: 'ignore' }));
/** Isolated hosts need a network of their own, which takes root. */
const noNamespaces = process.getuid?.() !== 0 && 'needs root';

for (const [what, change] of [
  ['', {}],
  [' without a way out', isolated],
] as const) {
  test(`torchrun trains one model on two hosts with gloo${what}`, {
    skip: noTorch || (change === isolated && noNamespaces),
  }, async () => {
    const name = await create(server, `torchrun${change === isolated ? '-isolated' : ''}`, TORCHRUN, change);
    const lines = await completed(server, name);
    assert.equal(lines.filter((line) => line.endsWith('sum over 2 hosts: 3')).length, 2);
    const weights = lines.flatMap((line) => /weights of (algo-\d) (.*)$/.exec(line)?.slice(1) ?? []);
    assert.deepEqual([weights[0], weights[2]].sort(), ['algo-1', 'algo-2']);
    assert.equal(weights[1], weights[3]);
    const learned = String(weights[1]).split(' ').map(Number);
    for (const [index, wanted] of [2, -1, 0.5, 0].entries())
      assert.ok(Math.abs((learned[index] ?? 9) - wanted) < 0.01);
  });
}

test('mpirun sums over two hosts, and is told of no interface', { skip: noMpi || noNamespaces }, async () => {
  const lines = await completed(server, await create(server, 'mpi', MPI));
  for (const rank of ['rank 0 of 2 on algo-1: 3', 'rank 1 of 2 on algo-2: 3'])
    assert.ok(lines.includes(rank), lines.join('\n'));
});

for (const [what, change] of [
  ['', {}],
  [' without a way out', isolated],
] as const)
  test(`mpirun reaches the other host by ssh, as SageMaker's toolkit starts it${what}`, {
    skip: noMpi || noSsh || noNamespaces,
  }, async () => {
    for (const [name, text] of Object.entries(keyPair())) await upload(name, text);
    const name = await create(server, `ssh${change === isolated ? '-isolated' : ''}`, MPI_OVER_SSH, change);
    const lines = await completed(server, name);
    assert.ok(lines.includes('algo-1 can connect to algo-2'), lines.join('\n'));
    for (const rank of [
      /^\[1,0\]<stdout>:rank 0 of 2 on algo-1: 3$/,
      /^\[1,1\]<stdout>:rank 1 of 2 on algo-2: 3$/,
    ])
      assert.ok(
        lines.some((line) => rank.test(line)),
        lines.join('\n'),
      );
  });

test('hosts meet at the same port and find the service; nothing of their network is left', async () => {
  const name = await create(server, 'greet', GREET);
  const lines = await completed(server, name);
  for (const [own, other] of [
    ['algo-1', 'algo-2'],
    ['algo-2', 'algo-1'],
  ]) {
    assert.ok(
      lines.some((line) => line.startsWith(`${own} met ${other} through `)),
      lines.join('\n'),
    );
    assert.ok(lines.includes(`${own} was answered by the service`), lines.join('\n'));
  }
  await nothingLeft();
});

test('isolated hosts meet, and find nobody else', { skip: noNamespaces }, async () => {
  const lines = await completed(server, await create(server, 'alone', GREET, isolated));
  assert.equal(lines.filter((line) => / met algo-\d /.test(line)).length, 2);
  assert.equal(lines.filter((line) => line.endsWith('has no way to the service')).length, 2);
});

test('hosts go on together when the server is killed, and meet after it has come back', async () => {
  const name = await create(server, 'killed', [...GREET, '3']);
  await until(server, name, (job) => job.SecondaryStatus === 'Training');
  await server.crash();
  const lines = await completed(server, name);
  assert.equal(lines.filter((line) => / met algo-\d /.test(line)).length, 2);
  await nothingLeft();
});

test('hosts find a server that comes back at another port where they were told that it is', {
  skip: noNamespaces,
}, async () => {
  const name = await create(server, 'moved', ASK);
  const found = (line: string) => line.endsWith(' found');
  while ((await linesOf(server, name)).filter(found).length < 2) await delay(50);
  server = await server.moved();
  const lines = await completed(server, name);
  assert.equal(lines.filter((line) => line.endsWith(' found again')).length, 2, lines.join('\n'));
  await nothingLeft();
});

/** Resolves when no network namespace of the server's is left. */
async function nothingLeft(): Promise<void> {
  const prefix = prefixOf(server.dataDir);
  const left = () =>
    (existsSync('/run/netns') ? readdirSync('/run/netns') : []).filter((name) => name.startsWith(prefix));
  for (const end = Date.now() + WITHIN_MS; left().length > 0; await delay(50))
    assert.ok(Date.now() < end, `left: ${left().join(' ')}`);
}

/** A key of the job's user. */
function keyPair(): Record<string, string> {
  const folder = mkdtempSync(join(tmpdir(), 'trainyard-key-'));
  try {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, 'mpi_key')]);
    return Object.fromEntries(
      ['mpi_key', 'mpi_key.pub'].map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function upload(name: string, Body: string | Uint8Array): Promise<void> {
  await server.s3.send(new PutObjectCommand({ Bucket: service.bucket, Key: `clusters/${name}`, Body }));
}
