import assert from 'node:assert/strict';
import { after, before, describe as group, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { DescribeTrainingJobCommand } from '@aws-sdk/client-sagemaker';
import type { BrowserContext, Page } from 'playwright-core';
import { BUCKET } from '../harness/shell-job.ts';
import { axe } from './axe.ts';
import { CHROMIUM, hasChromium, openBrowser } from './browser.ts';
import { PageServer } from './page-server.ts';

const WITHIN_MS = 120_000;
/** Would run if any of it were taken for HTML. */
const ATTACK = '<img src=x onerror="window.attacked=1"><script>window.attacked=1</script>';
const TRAIN =
  'for i in $(seq 1 30); do echo -e "\\e[32mepoch $i\\e[0m loss=$(( 100 - i ))"; done; echo model > /opt/ml/model/m';
const WAIT = 'until [ -e /opt/ml/go ]; do sleep 0.05; done';
const TICK = 'echo loss=7.5; for i in $(seq 1 100000); do echo tick $i; sleep 0.1; done';
const LINES = 1_000_000;

group('the page', { skip: !hasChromium && `there is no ${CHROMIUM}` }, () => {
  let server: PageServer;
  let browser: BrowserContext;
  let page: Page;
  let closeBrowser: () => Promise<void>;
  /** Every address that the browser asked for. */
  const asked: string[] = [];
  const complaints: string[] = [];

  before(async () => {
    server = await PageServer.start({
      prices: { currency: 'EUR', perHour: { 'ml.m5.large': 3600 } },
      metrics: { sampleSeconds: 0.2 },
      stop: { graceSeconds: 1 },
      executors: { process: { maxInstances: 2 } },
    });
    const hyperparameters = { lr: '0.1', attack: ATTACK };
    await server.create('first-run', TRAIN, {
      HyperParameters: hyperparameters,
      Tags: [{ Key: 'team', Value: 'vision' }],
    });
    await server.create('second-run', TRAIN.replace('100', '200'), {
      HyperParameters: { lr: '0.2' },
      ProfilerConfig: { S3OutputPath: `s3://${BUCKET}/profile`, ProfilingIntervalInMilliseconds: 500 },
    });
    await server.create('million', `seq -f 'line %.0f' 1 ${LINES}`);
    await server.create('broken', `echo '${ATTACK}'; echo "ModuleNotFoundError: no torch"; exit 3`);
    await server.create('grouped', 'true', {
      ResourceConfig: {
        VolumeSizeInGB: 1,
        InstanceGroups: [
          { InstanceGroupName: 'data', InstanceType: 'ml.m5.large', InstanceCount: 1 },
          { InstanceGroupName: 'train', InstanceType: 'ml.m5.xlarge', InstanceCount: 1 },
        ],
      },
    });
    for (const [name, status] of [
      ['grouped', /Completed/],
      ['first-run', /Completed/],
      ['second-run', /Completed/],
      ['million', /Completed/],
      ['broken', /Failed/],
    ] as const)
      await server.reach(name, status);
    ({ browser, close: closeBrowser } = await openBrowser());
    page = await browser.newPage();
    page.setDefaultTimeout(WITHIN_MS);
    page.on('request', (request) => asked.push(request.url()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (/Content Security Policy|TrustedHTML/.test(message.text())) complaints.push(message.text());
    });
  });
  after(async () => {
    await closeBrowser?.();
    await server?.close();
  });

  const go = (place: string) => page.goto(`${server.url}/_trainyard/${place}`);
  const see = (text: string | RegExp) => page.getByText(text).first().waitFor();

  test('the printed link signs in, once; `trainyard open` makes another; the address alone leads to the sign-in', async () => {
    await page.goto(server.url);
    await see('Access key ID');
    await page.goto(server.link);
    await page.getByRole('link', { name: 'first-run' }).waitFor();
    const other = await browser.newPage();
    await browser.clearCookies();
    await other.goto(server.link);
    await other.getByText('used already').waitFor();
    await other.goto(await server.openLink());
    await other.getByRole('link', { name: 'first-run' }).waitFor();
    await other.close();
  });

  test('an access key signs in, and the sign-out ends it', async () => {
    await browser.clearCookies();
    await go('jobs/first-run');
    await page.getByLabel('Access key ID').fill(server.environment.AWS_ACCESS_KEY_ID);
    await page.getByLabel('Secret access key').fill('wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await see('no access key');
    await page.getByLabel('Access key ID').fill(server.environment.AWS_ACCESS_KEY_ID);
    await page.getByLabel('Secret access key').fill(server.environment.AWS_SECRET_ACCESS_KEY);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'first-run' }).waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await see('Access key ID');
    await go('');
    await see('Access key ID');
    await page.goto(await server.openLink());
    await page.getByRole('link', { name: 'first-run' }).waitFor();
  });

  test('filters live in the address, and search by name, tag and hyperparameter', async () => {
    await go('');
    const names = async (wanted: string[]) => {
      const shown = "[...document.querySelectorAll('.job:not(.head) .name')].map((each) => each.textContent)";
      await until(page, `JSON.stringify(${shown}) === '${JSON.stringify(wanted)}'`);
    };
    await names(['grouped', 'broken', 'million', 'second-run', 'first-run']);
    await page.keyboard.press('/');
    await page.keyboard.type('hp:lr=0.2');
    await names(['second-run']);
    assert.match(page.url(), /\?q=hp%3Alr%3D0\.2$/);
    await page.reload();
    await names(['second-run']);
    await page.getByRole('searchbox').fill('tag:team=vision');
    await names(['first-run']);
    await page.getByRole('searchbox').fill('');
    await page.getByLabel('Status').selectOption('Failed');
    await names(['broken']);
    assert.match(page.url(), /\?status=Failed$/);
    await page.getByLabel('Status').selectOption('');
    await page.locator('.job a.type').first().click();
    await page.getByRole('button', { name: 'ml.m5.large' }).click();
    await names(['grouped', 'broken', 'million', 'second-run', 'first-run']);
    await go('?q=nothing-like-that');
    await see('No job passes these filters.');
  });

  test('the table is live: a new job, its status, its metric; and who waits for what', async () => {
    await go('');
    await server.create('live-1', TICK);
    await page
      .locator('.job', { hasText: 'live-1' })
      .filter({ hasText: 'Training' })
      .filter({ hasText: '7.5' })
      .waitFor();
    await server.create('live-2', WAIT);
    await server.create('live-3', WAIT);
    await page.locator('.job', { hasText: 'live-3' }).filter({ hasText: 'Pending' }).waitFor();
    await see('2 of 2');
    await page.getByText('1 waiting').click();
    await page.locator('.queue li', { hasText: 'live-3' }).getByText('needs Instances').waitFor();
  });

  test('arrow keys lead from job to job, Enter into it', async () => {
    await go('?q=run');
    await page.getByRole('link', { name: 'second-run' }).focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'first-run' }).waitFor();
  });

  test('a job: its statuses with times and messages, its last metrics, and its cost', async () => {
    await go('jobs/first-run');
    for (const message of ['Starting', 'Training job completed', 'Uploading generated training model'])
      await see(message);
    assert.equal(await page.locator('.timeline time').count(), 5);
    const { BillableTimeInSeconds = 0 } = await server.sagemaker.send(
      new DescribeTrainingJobCommand({ TrainingJobName: 'first-run' }),
    );
    // An hour costs 3600, so a second costs 1.
    await page
      .locator('.sum', { hasText: `${BillableTimeInSeconds.toFixed(BillableTimeInSeconds < 1 ? 4 : 2)} EUR` })
      .waitFor();
    await page.locator('td', { hasText: /^70$/ }).waitFor();
  });

  test('a failure is told with the lines that led to it, and a line has an address', async () => {
    await go('jobs/broken');
    await see('Why it failed');
    await see(/exit code: 3/);
    await page.locator('.lines .line-number', { hasText: '2' }).click();
    await page.locator('.log-line.chosen', { hasText: 'ModuleNotFoundError: no torch' }).waitFor();
    assert.match(page.url(), /line=2$/);
  });

  test('metrics are charts by time and by step, instances have theirs', async () => {
    await go('jobs/first-run?tab=metrics');
    await page.getByRole('img', { name: 'loss: last 70' }).waitFor();
    await page.getByLabel('By step').check();
    await see('its values are counted');
    const drawn = await page.evaluate(`(() => {
      const canvas = document.querySelector('.plot canvas');
      return canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some((each) => each > 0);
    })()`);
    assert.ok(drawn, 'the chart is empty');
    await go('jobs/live-1?tab=usage');
    await page.getByRole('img', { name: /^CPU: last/ }).waitFor();
    await page.getByRole('img', { name: /^Memory: last/ }).waitFor();
  });

  test('a log is live, coloured and searched', async () => {
    await go('jobs/live-1?tab=log');
    const last = page.locator('.log-line .text').last();
    await last.filter({ hasText: 'tick' }).waitFor();
    const seen = Number((await last.textContent())?.split(' ')[1]);
    await page.locator('.log-line .text', { hasText: `tick ${seen + 5}` }).waitFor();
    await go('jobs/first-run?tab=log');
    await page.locator('.log-line .ansi-green', { hasText: 'epoch 30' }).waitFor();
    await page.getByPlaceholder('Search').fill('LOSS=93');
    await page.keyboard.press('Enter');
    await page.locator('.log-line.chosen', { hasText: 'epoch 7' }).waitFor();
    await page.locator('mark', { hasText: 'loss=93' }).waitFor();
  });

  test('in a log of a million lines every line is there, by its number, at the end, and by a search', async () => {
    await go('jobs/million?tab=log&line=700000');
    await page.locator('.log-line.chosen', { hasText: /line 700000$/ }).waitFor();
    await see('1,000,000 lines');
    await page.locator('.log').focus();
    await page.keyboard.press('End');
    await page.locator('.log-line', { hasText: /line 1000000$/ }).waitFor();
    await page.keyboard.press('Home');
    await page.locator('.log-line', { hasText: /line 1$/ }).waitFor();
    await page.getByPlaceholder('Search').fill('line 654321');
    await page.keyboard.press('Enter');
    await page.locator('.log-line.chosen', { hasText: /line 654321$/ }).waitFor();
  });

  test('files are listed with their sizes, and saved', async () => {
    await go('jobs/first-run?tab=files');
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: 'out/first-run/output/model.tar.gz', exact: true }).click();
    assert.equal((await download).suggestedFilename(), 'model.tar.gz');
    assert.equal(await (await download).failure(), null);
  });

  test('configuration, events and the request in three languages', async () => {
    await go('jobs/first-run?tab=configuration');
    await page.locator('dd', { hasText: ATTACK }).waitFor();
    await go('jobs/second-run?tab=configuration');
    const profiler = page.locator('section', { has: page.getByRole('heading', { name: 'Profiler' }) });
    await profiler.getByText('Enabled').waitFor();
    await profiler.getByRole('link', { name: `s3://${BUCKET}/profile` }).waitFor();
    await go('jobs/grouped?tab=configuration');
    await page.getByRole('row', { name: 'data ml.m5.large 1' }).waitFor();
    await page.getByRole('row', { name: 'train ml.m5.xlarge 1' }).waitFor();
    await go('jobs/grouped?tab=usage');
    await page.getByRole('row', { name: /^algo-1 ml\.m5\.large 2/ }).waitFor();
    await page.getByRole('row', { name: /^algo-2 ml\.m5\.xlarge 4/ }).waitFor();
    await go('jobs/first-run?tab=events');
    await see('Algorithm ended');
    await go('jobs/first-run?tab=request');
    await see('"TrainingJobName": "first-run"');
    await page.getByLabel('AWS CLI').check();
    await see('aws sagemaker create-training-job --cli-input-json');
    await page.getByLabel('boto3').check();
    await see('TrainingJobName="first-run"');
  });

  test('jobs are compared: hyperparameters, results and metrics in one chart', async () => {
    await go('?q=run');
    await page.getByLabel('Choose first-run').check();
    await page.getByLabel('Choose second-run').check();
    await page.getByRole('button', { name: 'Compare 2' }).click();
    await page.getByRole('row', { name: 'lr 0.1 0.2' }).waitFor();
    await page.getByRole('row', { name: 'loss 70 170' }).waitFor();
    await page.getByRole('img', { name: 'loss: 2 lines' }).waitFor();
  });

  test('a job is stopped, cloned and deleted', async () => {
    await go('jobs/live-2');
    await page.getByRole('button', { name: 'Stop' }).click();
    await see('Stop this job?');
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByRole('button', { name: 'Delete' }).waitFor();
    await page.getByRole('link', { name: 'Clone' }).click();
    const name = page.getByLabel('TrainingJobName');
    assert.equal(await name.inputValue(), 'live-3');
    await page.getByRole('button', { name: 'Create job' }).click();
    await see('Training job names must be unique');
    await name.fill('a clone');
    await see(
      /'a clone' at 'trainingJobName' failed to satisfy constraint: Member must satisfy regular expression pattern/,
    );
    await name.fill('a-clone');
    await page.getByRole('button', { name: 'Create job' }).click();
    await page.getByRole('heading', { name: 'a-clone' }).waitFor();
    await go('jobs/live-2');
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('heading', { name: 'Jobs', exact: true }).waitFor();
    await page.locator('.job .name', { hasText: 'live-3' }).waitFor();
    assert.equal(await page.locator('.job .name', { hasText: /^live-2$/ }).count(), 0);
  });

  test('the form has what the model has, and complains with the words of AWS', async () => {
    await go('create');
    await page.getByRole('button', { name: 'Create job' }).click();
    await see("Value null at 'trainingJobName' failed to satisfy constraint: Member must not be null");
    await page.getByLabel('TrainingJobName').fill('made-by-hand');
    await page.getByLabel('InstanceType', { exact: true }).fill('ml.huge');
    await see(
      /'ml.huge' at 'resourceConfig.instanceType' failed to satisfy constraint: Member must satisfy enum value set/,
    );
    await page.getByLabel('InstanceType', { exact: true }).fill('ml.m5.large');
    await page.getByLabel('InstanceCount', { exact: true }).fill('many');
    await see(/STRING_VALUE can not be converted to an Integer/);
    await page.getByLabel('InstanceCount', { exact: true }).fill('1');
    await page.locator('.members > .add select').selectOption('Environment');
    await page.getByLabel('Environment name 1').fill('GREETING');
    await page.getByLabel('Environment value 1').fill('hello');
    await page.getByRole('textbox', { name: /^ContainerEntrypoint 3/ }).fill('echo $GREETING from the form');
    await page.getByRole('button', { name: 'Create job' }).click();
    await page.getByRole('heading', { name: 'made-by-hand' }).waitFor();
    const { Environment } = await server.sagemaker.send(
      new DescribeTrainingJobCommand({ TrainingJobName: 'made-by-hand' }),
    );
    assert.deepEqual(Environment, { GREETING: 'hello' });
  });

  test('files and folders are dropped into a bucket, and found there', async () => {
    await go('buckets');
    await page.getByRole('link', { name: BUCKET }).click();
    const dropped = await page.evaluateHandle(`(() => {
      const data = new DataTransfer();
      data.items.add(new File(['1,2\\n'], 'ä b+c%.csv', { type: 'text/csv' }));
      return data;
    })()`);
    await page.locator('.folder').dispatchEvent('drop', { dataTransfer: dropped });
    await page.getByRole('link', { name: 'ä b+c%.csv' }).waitFor();
    const { Body } = await server.s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: 'ä b+c%.csv' }));
    assert.equal(await Body?.transformToString(), '1,2\n');
    await page.getByRole('link', { name: 'out/' }).click();
    await page.getByRole('link', { name: 'first-run/' }).waitFor();
    await page.goBack();
    await page.getByRole('button', { name: 'Delete' }).first().click();
    await see('Delete ä b+c%.csv?');
    await page.getByRole('button', { name: 'Delete', exact: true }).first().click();
    await page.getByRole('link', { name: 'ä b+c%.csv' }).waitFor({ state: 'detached' });
  });

  test('what somebody wrote is text wherever it is shown, and what lies in a bucket is no page', async () => {
    await server.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: `evil/${ATTACK}.txt`, Body: 'x' }));
    await server.s3.send(
      new PutObjectCommand({
        Bucket: BUCKET,
        Key: 'evil/page.html',
        Body: `<script>window.attacked=1</script>`,
        ContentType: 'text/html',
      }),
    );
    const places = [
      '',
      '?q=broken',
      'compare?job=first-run&job=broken',
      'create?from=first-run',
      `buckets/${BUCKET}/evil`,
    ];
    const tabs = ['', 'metrics', 'log', 'files', 'configuration', 'events', 'request'];
    for (const place of [
      ...places,
      ...['first-run', 'broken'].flatMap((job) => tabs.map((tab) => `jobs/${job}?tab=${tab}`)),
    ]) {
      await go(place);
      await settled(page);
      assert.equal(await page.evaluate('window.attacked'), undefined, place);
    }
    await go('jobs/broken?tab=log');
    await page.locator('.log-line', { hasText: ATTACK }).waitFor();
    const download = page.waitForEvent('download');
    await page.goto(`${server.url}/_trainyard/s3/${BUCKET}/evil/page.html`).catch(() => {});
    assert.equal((await download).suggestedFilename(), 'page.html');
  });

  test("another site's page can neither read nor do anything", async () => {
    const foreign = await browser.newPage();
    // The same server by another name is another origin, as another site is.
    const other = server.url.replace('127.0.0.1', 'localhost');
    await foreign.goto(`${other}/_trainyard/health`);
    const outcome = await foreign.evaluate(async (url) => {
      const attempt = (path: string, init: RequestInit) =>
        fetch(url + path, { credentials: 'include', ...init }).then(
          async (response) => `${response.status} ${await response.text()}`,
          () => 'refused',
        );
      return [
        await attempt('/_trainyard/page/jobs', {}),
        await attempt('/_trainyard/page/jobs', { headers: { 'X-Trainyard-Page': '1' } }),
        await attempt('/_trainyard/api/sagemaker/StopTrainingJob', {
          method: 'POST',
          body: '{"TrainingJobName":"live-1"}',
        }),
      ];
    }, server.url);
    assert.deepEqual(outcome, ['refused', 'refused', 'refused']);
    await foreign.close();
    const { TrainingJobStatus } = await server.sagemaker.send(
      new DescribeTrainingJobCommand({ TrainingJobName: 'live-1' }),
    );
    assert.equal(TrainingJobStatus, 'InProgress');
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    test(`no page has a fault that axe finds, ${colorScheme}, wide and as a phone`, async () => {
      const { browser: themed, close } = await openBrowser({ colorScheme });
      try {
        const view = await themed.newPage();
        await view.goto(await server.openLink());
        await view.getByRole('heading', { name: 'Jobs' }).waitFor();
        const tabs = ['', 'metrics', 'usage', 'log', 'files', 'configuration', 'events', 'request'];
        const jobs = tabs.map((tab) => `jobs/first-run?tab=${tab}`);
        const places = [
          '',
          '?q=zzz',
          ...jobs,
          'jobs/broken',
          'compare?job=first-run&job=second-run',
          'create',
          'buckets',
          `buckets/${BUCKET}/out`,
        ];
        for (const place of places) {
          for (const width of [1280, 390]) {
            await view.setViewportSize({ width, height: 844 });
            await view.goto(`${server.url}/_trainyard/${place}`);
            await settled(view);
            assert.ok(
              ((await view.evaluate('document.documentElement.scrollWidth')) as number) <= width,
              `${place} is wider than ${width}`,
            );
            assert.deepEqual(await axe(view), [], `${place} at ${width}`);
          }
        }
      } finally {
        await close();
      }
    });
  }

  test('no request left the machine, and nothing broke', () => {
    const hosts = new Set(asked.filter((url) => url.startsWith('http')).map((url) => new URL(url).origin));
    assert.deepEqual([...hosts], [server.url]);
    assert.deepEqual(complaints, []);
  });
});

/** Waits until an expression holds in a page. Asked from outside: the page evaluates no text. */
async function until(page: Page, expression: string): Promise<void> {
  const deadline = Date.now() + WITHIN_MS;
  while (!(await page.evaluate(expression))) {
    assert.ok(Date.now() < deadline, `not within ${WITHIN_MS} ms: ${expression}`);
    await delay(20);
  }
}

/** Waits until a page shows what it had to ask for. */
async function settled(page: Page): Promise<void> {
  await page.locator('main h1').first().waitFor();
  await until(
    page,
    "![...document.querySelectorAll('.state')].some((each) => each.textContent.endsWith('…'))",
  );
}
