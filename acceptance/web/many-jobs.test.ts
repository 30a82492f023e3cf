import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe as group, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { fillWithJobs } from '../../bench/ended-jobs.ts';
import { CHROMIUM, hasChromium, openBrowser } from './browser.ts';
import { PageServer } from './page-server.ts';

const JOBS = 10_000;
const WITHIN_MS = 120_000;

group('the page with 10,000 jobs', { skip: !hasChromium && `there is no ${CHROMIUM}` }, () => {
  let server: PageServer;
  let page: Page;
  let closeBrowser: () => Promise<void>;

  before(async () => {
    server = await PageServer.start({}, (dataDir) => fillWithJobs(join(dataDir, 'trainyard.db'), JOBS));
    const { browser, close } = await openBrowser();
    closeBrowser = close;
    page = await browser.newPage();
    await page.goto(server.link);
    await page.getByRole('link', { name: `job-${JOBS - 1}`, exact: true }).waitFor();
  });
  after(async () => {
    await closeBrowser?.();
    await server?.close();
  });

  test('has them all, newest first, and draws those in view', async () => {
    await page.getByText('10,000').waitFor();
    await page.locator('.jobs .rows').focus();
    const last = page.getByRole('link', { name: 'job-0', exact: true });
    for (const deadline = Date.now() + WITHIN_MS; (await last.count()) === 0; ) {
      assert.ok(Date.now() < deadline, 'the oldest job was not reached');
      await page.keyboard.press('End');
      await delay(20);
    }
    assert.ok((await page.locator('.job').count()) < 100);
    assert.equal(
      await page.evaluate("document.querySelector('.rows-height').style.height"),
      `${JOBS * 34}px`,
    );
  });

  test('finds the one of them that is looked for', async () => {
    await page.getByRole('searchbox').fill('JOB-123');
    await page.getByRole('link', { name: 'job-123', exact: true }).waitFor();
    await page.getByRole('searchbox').fill('job-77 nothing');
    await page.getByText('No job passes these filters.').waitFor();
  });
});
