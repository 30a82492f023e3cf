import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe as group, type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { gone, isThere, NpxFolder } from './npx.ts';

/** Twice as long as a server looks for its npm. */
const A_WHILE_MS = 1000;
const CONTROL_C = '\x03';

for (const withNode of [true, false]) {
  group(withNode ? 'npx trainyard serve' : 'npx trainyard serve, with the Node.js of the machine', () => {
    for (const signal of ['TERM', 'KILL']) {
      test(`ends with npx by SIG${signal}, as a server ends`, async (t) => {
        const place = await folder(t, withNode);
        const shell = place.shell('sh', '-c', `${place.serve} > log 2>&1 & echo $! > npx; wait $!; exit 0`);
        const server = await place.server();
        process.kill(Number(await readFile(join(place.folder, 'npx'), 'utf8')), `SIG${signal}`);
        await gone(server);
        await over(shell);
        assert.match(await place.said(), /^trainyard: npm, which waited for this server, is gone/m);
        isClosed(place);
      });
    }

    test('ends by Ctrl-C, and npx waits for it', async (t) => {
      const place = await folder(t, withNode);
      const shell = terminal(place, `${place.serve} > log 2>&1; exit 0`);
      const server = await place.server();
      shell.stdin?.write(CONTROL_C);
      await over(shell);
      assert.equal(isThere(server), false);
      isClosed(place);
    });

    test('ends as a job of an interactive shell that is told to end it', async (t) => {
      const place = await folder(t, withNode);
      const shell = terminal(place, 'exec bash --norc -i');
      shell.stdin?.write(`${place.serve} > log 2>&1 &\n`);
      const server = await place.server();
      shell.stdin?.end('kill %1\nwait\nexit 0\n');
      await over(shell);
      await gone(server);
      isClosed(place);
    });

    test('ends with the terminal that it was started in', async (t) => {
      const place = await folder(t, withNode);
      const shell = terminal(place, 'exec bash --norc -i');
      shell.stdin?.write(`${place.serve} > log 2>&1 &\n`);
      const server = await place.server();
      shell.kill('SIGKILL');
      await gone(server);
      isClosed(place);
    });

    test('goes on where nohup started it, when the terminal goes', async (t) => {
      const place = await folder(t, withNode);
      const shell = terminal(place, 'exec bash --norc -i');
      shell.stdin?.write(`nohup ${place.serve} > log 2>&1 & echo $! > npx\n`);
      const server = await place.server();
      const npx = Number(await readFile(join(place.folder, 'npx'), 'utf8'));
      // As the shell does when its terminal goes: to all of the job.
      process.kill(-npx, 'SIGHUP');
      await gone(npx);
      await delay(A_WHILE_MS);
      assert.ok(isThere(server));
      process.kill(server, 'SIGTERM');
      await gone(server);
      isClosed(place);
      shell.stdin?.end('exit\n');
      await over(shell);
    });
  });
}

test('goes on where the script of npm put it into the background', async (t) => {
  const place = await folder(t, true);
  const script = `${place.serve.replace('npx --no-install ', '')} > log 2>&1 &`;
  const shell = place.shell('npx', '--no-install', '-c', script);
  await over(shell);
  const server = await place.server();
  await delay(A_WHILE_MS);
  assert.ok(isThere(server));
  process.kill(server, 'SIGTERM');
  await gone(server);
});

async function folder(t: TestContext, withNode: boolean): Promise<NpxFolder> {
  const place = await NpxFolder.make(withNode);
  t.after(() => place.end());
  return place;
}

const terminal = (place: NpxFolder, line: string) => place.shell('script', '-qefc', line, '/dev/null');

async function over(shell: ReturnType<NpxFolder['shell']>): Promise<void> {
  if (shell.exitCode === null && shell.signalCode === null) await once(shell, 'exit');
}

/** A database that was closed has no log beside it; one that was left has. */
function isClosed({ dataDir }: NpxFolder): void {
  assert.ok(existsSync(join(dataDir, 'trainyard.db')));
  assert.ok(!existsSync(join(dataDir, 'trainyard.db-wal')), 'the server has closed its database');
}
