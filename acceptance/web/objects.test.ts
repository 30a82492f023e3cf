import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe as group, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { GetObjectCommand, ListMultipartUploadsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { BrowserContext, Page, Route } from 'playwright-core';
import { BUCKET } from '../harness/shell-job.ts';
import { axe } from './axe.ts';
import { CHROMIUM, hasChromium, openBrowser } from './browser.ts';
import { PageServer } from './page-server.ts';

const WITHIN_MS = 120_000;
const MIB = 1024 ** 2;
/** Three parts, the last of which is small: what a test holds back passes through the test's own process. */
const LARGE_BYTES = 33 * MIB;
const ODD_KEY = 'folder/ä b+c%.csv';

const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** One store, which is the embedded one of a server, and another S3 to a second server: both pages do the same with it. */
group('objects on the page', { skip: !hasChromium && `there is no ${CHROMIUM}` }, () => {
  let folder: string;
  let large: Buffer;
  let store: PageServer;
  let other: PageServer;
  let browser: BrowserContext;
  let closeBrowser: () => Promise<void>;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'trainyard-objects-'));
    large = randomBytes(LARGE_BYTES);
    await writeFile(join(folder, 'large.bin'), large);
    store = await PageServer.start({});
    const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = store.environment;
    const credentials = { accessKeyId, secretAccessKey };
    other = await PageServer.start({
      s3: { kind: 's3', endpoint: store.url, region: 'us-east-1', credentials },
    });
    ({ browser, close: closeBrowser } = await openBrowser());
  });
  after(async () => {
    await closeBrowser?.();
    await other?.close();
    await store?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const unfinished = async () =>
    (await store.s3.send(new ListMultipartUploadsCommand({ Bucket: BUCKET }))).Uploads?.length ?? 0;
  const stored = async (Key: string) =>
    (await (
      await store.s3.send(new GetObjectCommand({ Bucket: BUCKET, Key }))
    ).Body?.transformToByteArray()) ?? new Uint8Array();
  const untilNothingIsUnfinished = async () => {
    for (const deadline = Date.now() + WITHIN_MS; (await unfinished()) > 0; await delay(20))
      assert.ok(Date.now() < deadline, 'parts are left behind');
  };

  for (const [kind, server] of [
    ['the embedded store', () => store],
    ['another S3', () => other],
  ] as const) {
    group(`of ${kind}`, () => {
      let page: Page;
      const asked = new Set<string>();
      /** Where the key of the store was told. */
      const told: string[] = [];
      const prefix = kind.replaceAll(' ', '-');

      before(async () => {
        page = await browser.newPage();
        page.setDefaultTimeout(WITHIN_MS);
        page.on('request', (request) => asked.add(new URL(request.url()).origin));
        page.on('response', async (response) => {
          const text = JSON.stringify(await response.allHeaders()) + (await response.text().catch(() => ''));
          if (text.includes(store.environment.AWS_SECRET_ACCESS_KEY)) told.push(response.url());
        });
        await page.goto(server().link);
        await page.getByRole('heading', { name: 'Jobs' }).waitFor();
      });
      after(() => page?.close());

      const go = (place: string) => page.goto(`${server().url}/_trainyard/${place}`);
      const choose = (...files: string[]) => page.locator('input[type=file]').setInputFiles(files);
      const upload = (name: string) => page.locator('.uploads li', { hasText: name });
      /** Holds the last part back until it is told how to go on; what is asked for after that is answered by `then`. */
      const holdLast = async (then = (route: Route) => route.continue()) => {
        const [arrived, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
        let count = 0;
        await page.route(/partNumber=3&/, async (route) => {
          if (count++ > 0) return then(route);
          arrived.resolve();
          await released.promise;
          // Given up meanwhile.
          await route.continue().catch(() => {});
        });
        return { arrived: arrived.promise, release: () => released.resolve() };
      };

      test('buckets are browsed, objects are saved whole and in part, and deleted', async () => {
        const Body = randomBytes(2 * MIB);
        for (const Key of [`${prefix}/${ODD_KEY}`, `${prefix}/${'x'.repeat(120)}`])
          await store.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body, ContentType: 'text/html' }));
        await go('buckets');
        await page.getByRole('link', { name: BUCKET }).click();
        await page.getByRole('link', { name: `${prefix}/` }).click();
        await page.getByRole('link', { name: 'x'.repeat(120) }).waitFor();
        await page.getByRole('link', { name: 'folder/' }).click();
        const download = page.waitForEvent('download');
        await page.getByRole('link', { name: 'ä b+c%.csv' }).click();
        assert.equal((await download).suggestedFilename(), 'ä b+c%.csv');
        assert.equal(digest(await readFile(await (await download).path())), digest(Body));
        const part = await page.evaluate(
          async (path) => {
            const response = await fetch(path, { headers: { Range: 'bytes=100-199' } });
            const { length } = new Uint8Array(await response.arrayBuffer());
            const headers = [
              'content-range',
              'content-disposition',
              'content-type',
              'content-security-policy',
            ];
            return [response.status, length, ...headers.map((name) => response.headers.get(name))];
          },
          `${server().url}/_trainyard/s3/${BUCKET}/${prefix}/${encodeURI(ODD_KEY)}`,
        );
        assert.deepEqual(part.slice(0, 5), [
          ...[206, 100, `bytes 100-199/${2 * MIB}`, 'attachment', 'application/octet-stream'],
        ]);
        assert.match(String(part[5]), /^default-src 'none'; sandbox/);
        await page.getByRole('button', { name: 'Delete' }).click();
        await page.getByRole('button', { name: 'Delete', exact: true }).click();
        await page.getByText('Nothing is here.').waitFor();
        await go('buckets/there-is-no-such-bucket');
        await page.getByText('There is no bucket of this name.').waitFor();
      });

      test('a file in parts pauses, goes on while one looks elsewhere, survives a failing part, and is whole', async () => {
        let tries = 0;
        const last = await holdLast((route) =>
          tries++ === 0
            ? route.fulfill({ status: 503, body: '<Error><Message>Slow down</Message></Error>' })
            : route.continue(),
        );
        await go(`buckets/${BUCKET}`);
        await page.getByRole('button', { name: 'Upload files' }).waitFor();
        await choose(join(folder, 'large.bin'));
        await last.arrived;
        await upload('large.bin').getByText('32.0 MiB of 33.0 MiB').waitFor();
        await page.getByRole('button', { name: 'Pause large.bin' }).click();
        await upload('large.bin').getByText('paused').waitFor();
        assert.deepEqual(await axe(page), []);
        last.release();
        await page.getByRole('link', { name: 'Jobs', exact: true }).click();
        await page.getByRole('heading', { name: 'Jobs' }).waitFor();
        assert.equal(await unfinished(), 1);
        await page.getByRole('button', { name: 'Resume large.bin' }).click();
        await upload('large.bin').waitFor({ state: 'detached' });
        assert.equal(digest(await stored('large.bin')), digest(large));
        assert.equal(tries, 2, 'the part that failed was sent again, and no other');
        assert.equal(await unfinished(), 0);
        await page.unrouteAll();
      });

      test('an upload that is cancelled, or left by a reload, leaves no parts', async () => {
        for (const leave of [
          () => page.getByRole('button', { name: 'Cancel large.bin' }).click(),
          async () => {
            page.once('dialog', (dialog) => dialog.accept());
            await page.reload();
          },
        ]) {
          await go(`buckets/${BUCKET}/${prefix}`);
          await page.getByRole('button', { name: 'Upload files' }).waitFor();
          const last = await holdLast();
          await choose(join(folder, 'large.bin'));
          await last.arrived;
          assert.equal(await unfinished(), 1);
          await leave();
          last.release();
          await untilNothingIsUnfinished();
          await upload('large.bin').waitFor({ state: 'detached' });
          await page.unrouteAll();
        }
        await page.getByRole('button', { name: 'Upload files' }).waitFor();
        assert.equal(await page.getByRole('link', { name: 'large.bin' }).count(), 0);
      });

      // What the browser does then is the same whatever stands behind the server.
      if (kind === 'the embedded store')
        test('what the store refuses is told, leaves no parts, and is tried again when it is asked for', async () => {
          await go(`buckets/${BUCKET}/${prefix}`);
          await page.getByRole('button', { name: 'Upload files' }).waitFor();
          const refusal = '<Error><Code>AccessDenied</Code><Message>Not this part</Message></Error>';
          await page.route(/partNumber=3&/, (route) => route.fulfill({ status: 403, body: refusal }));
          await choose(join(folder, 'large.bin'));
          await upload('large.bin').getByText('Not this part').waitFor();
          await untilNothingIsUnfinished();
          await page.unrouteAll();
          await page.getByRole('button', { name: 'Try again large.bin' }).click();
          await page.getByRole('link', { name: 'large.bin' }).waitFor();
          assert.equal(digest(await stored(`${prefix}/large.bin`)), digest(large));
        });

      test("a job's artifacts and checkpoints are listed and saved", async () => {
        await server().create(`files-${prefix}`, 'echo m > /opt/ml/model/m; echo c > /opt/ml/checkpoints/c', {
          CheckpointConfig: { S3Uri: `s3://${BUCKET}/${prefix}/checkpoints` },
        });
        await server().reach(`files-${prefix}`, /Completed|Failed/);
        await go(`jobs/files-${prefix}?tab=files`);
        for (const [key, name] of [
          [`out/files-${prefix}/output/model.tar.gz`, 'model.tar.gz'],
          [`${prefix}/checkpoints/c`, 'c'],
        ] as const) {
          const download = page.waitForEvent('download');
          await page.getByRole('link', { name: key, exact: true }).click();
          assert.equal((await download).suggestedFilename(), name);
          assert.equal(digest(await readFile(await (await download).path())), digest(await stored(key)));
        }
      });

      test('the browser asked nobody but its own server, and was told no key', () => {
        assert.deepEqual([...asked], [server().url]);
        assert.deepEqual(told, []);
      });
    });
  }
});
