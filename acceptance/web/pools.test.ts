import assert from 'node:assert/strict';
import { after, before, describe as group, test } from 'node:test';
import { DescribeTrainingJobCommand } from '@aws-sdk/client-sagemaker';
import type { Page } from 'playwright-core';
import { axe } from './axe.ts';
import { CHROMIUM, hasChromium, openBrowser } from './browser.ts';
import { PageServer } from './page-server.ts';

const WITHIN_MS = 120_000;
const KEEP_SECONDS = 600;
const warm = {
  ResourceConfig: {
    ...({ InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 1 } as const),
    KeepAlivePeriodInSeconds: KEEP_SECONDS,
  },
};

group('warm pools on the page', { skip: !hasChromium && `there is no ${CHROMIUM}` }, () => {
  let server: PageServer;
  let page: Page;
  let closeBrowser: () => Promise<void>;

  before(async () => {
    server = await PageServer.start({ stop: { graceSeconds: 1 } });
    const { browser, close } = await openBrowser();
    closeBrowser = close;
    page = await browser.newPage();
    page.setDefaultTimeout(WITHIN_MS);
    await page.goto(server.link);
    await page.getByRole('heading', { name: 'Jobs' }).waitFor();
  });
  after(async () => {
    await closeBrowser?.();
    await server?.close();
  });

  const go = (place: string) => page.goto(`${server.url}/_trainyard/${place}`);
  const pools = () => page.locator('.pools li');
  const describe = (TrainingJobName: string) =>
    server.sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName }));

  test('the queue tells live which instances wait, for how long, who left them, and who takes them', async () => {
    await server.create('maker', 'true', warm);
    await pools().filter({ hasText: '1 × ml.m5.large left by maker' }).waitFor();
    await pools()
      .getByText(/kept for \d min \d\d s more/)
      .waitFor();
    await server.create('taker', 'until [ -e /opt/ml/go ]; do sleep 0.05; done', warm);
    await pools().filter({ hasText: 'reused by taker · made for maker' }).waitFor();
    assert.equal(await page.getByRole('button', { name: 'Keep 15 min longer' }).count(), 0);
  });

  test('the job that left them links to the one that has them, and tells what is billed; the other way round too', async () => {
    await go('jobs/maker');
    const pool = page.locator('section', { has: page.getByRole('heading', { name: 'Warm pool' }) });
    await pool.getByText('Reused', { exact: true }).waitFor();
    const { WarmPoolStatus } = await describe('maker');
    const billed = WarmPoolStatus?.ResourceRetainedBillableTimeInSeconds;
    await pool.getByText(`${billed} billable seconds`).waitFor();
    await pool.getByRole('link', { name: 'taker' }).click();
    await page.getByRole('heading', { name: 'taker' }).waitFor();
    await pool.getByText('In use').waitFor();
    await pool.getByText('Its instances are kept for 10 min 00 s after it').waitFor();
    await pool.getByRole('link', { name: 'maker' }).waitFor();
  });

  test('a pool is kept longer and ended, on the page of its job and in the queue', async () => {
    await go('jobs/taker');
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByRole('button', { name: 'Stop' }).click();
    // Live, though the job has ended.
    await page.getByRole('button', { name: 'Keep 15 min longer' }).click();
    await page.getByText(/^2\d min \d\d s, unless/).waitFor();
    const { ResourceConfig } = await describe('taker');
    assert.equal(ResourceConfig?.KeepAlivePeriodInSeconds, KEEP_SECONDS + 900);
    assert.deepEqual(await axe(page), []);
    await go('');
    await pools().first().waitFor();
    assert.deepEqual(await axe(page), []);
    await pools().getByRole('button', { name: 'Keep 15 min longer' }).click();
    await pools()
      .getByText(/kept for 3\d min/)
      .waitFor();
    await go('jobs/taker');
    await page.getByRole('button', { name: 'End' }).click();
    await page.getByText('Give these instances back now?').waitFor();
    await page.getByRole('button', { name: 'End' }).click();
    await page.getByText('Terminated', { exact: true }).waitFor();
    await go('');
    await page.getByText('0 of').waitFor();
    assert.equal(await pools().count(), 0);
    assert.equal((await describe('taker')).WarmPoolStatus?.Status, 'Terminated');
  });
});
