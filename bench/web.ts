import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { CreateTrainingJobCommand, waitUntilTrainingJobCompletedOrStopped } from '@aws-sdk/client-sagemaker';
import type { Page } from 'playwright-core';
import { hasChromium, openBrowser } from '../acceptance/web/browser.ts';
import { BenchServer, withFolder } from './bench-server.ts';
import { fillWithJobs } from './ended-jobs.ts';
import { type Benchmark, milliseconds, type Result } from './result.ts';
import { median } from './statistics.ts';

const JOBS = 10_000;
const LINES = 1_000_000;
const ROUNDS = 7;
const FRAMES = 300;
const LEAST_FRAMES = 50;

/** What a person waits for on the page, in Chromium, against what was set as the limit. */
export const page: Benchmark = {
  name: 'Page',
  async run(progress) {
    const size = {
      ...limited(
        'Page, script as it is sent',
        scriptBytes() / 1024,
        300,
        (value) => `${value.toFixed(0)} kB`,
      ),
    };
    if (!hasChromium) {
      progress('there is no Chromium on this machine: only the script was weighed');
      return [size];
    }
    return withFolder(async (dataDir) => {
      fillWithJobs(join(dataDir, 'trainyard.db'), JOBS);
      const server = await BenchServer.start({ dataDir });
      const { browser, close } = await openBrowser();
      try {
        const view = await browser.newPage();
        await signIn(view, server);
        const paints = [];
        for (let round = 0; round < ROUNDS; round++) paints.push(await firstPaint(view, server));
        progress(`${JOBS} jobs painted`);
        const delays = await lineDelays(view, server);
        progress('a live log was followed');
        const rate = await framesPerSecond(view, server);
        return [
          size,
          limited(
            `Page, ${JOBS.toLocaleString('en')} jobs: address → rows`,
            median(paints),
            1000,
            milliseconds,
          ),
          limited('Page, line written → seen', median(delays), 300, milliseconds),
          {
            name: 'Page, a million lines scrolled',
            measured: `${rate.toFixed(0)} frames/s`,
            baseline: `${LEAST_FRAMES} frames/s (limit)`,
            ratio: `${(rate / LEAST_FRAMES).toFixed(2)}×`,
            target: `at least ${LEAST_FRAMES} frames/s`,
            met: rate >= LEAST_FRAMES,
          },
        ];
      } finally {
        await close();
        await server.stop();
      }
    });
  },
};

/** A result that has a limit and no baseline. */
const limited = (
  name: string,
  measured: number,
  limit: number,
  words: (value: number) => string,
): Result => ({
  ...{ name, measured: words(measured), baseline: `${words(limit)} (limit)` },
  ratio: `${(measured / limit).toFixed(2)}×`,
  target: `at most ${words(limit)}`,
  met: measured <= limit,
});

function scriptBytes(): number {
  const folder = new URL('../dist-web/', import.meta.url);
  const scripts = readdirSync(folder).filter((name) => name.endsWith('.js'));
  return scripts.reduce((sum, name) => sum + gzipSync(readFileSync(new URL(name, folder))).length, 0);
}

async function signIn(view: Page, server: BenchServer): Promise<void> {
  await view.goto(`${server.url}/_trainyard/`);
  await view.fill('#key', server.accessKeyId);
  await view.fill('#secret', server.secretAccessKey);
  await view.click('button');
  await view.locator('.job:not(.head)').first().waitFor();
}

/** Milliseconds from the navigation to the frame in which the first rows are. */
async function firstPaint(view: Page, server: BenchServer): Promise<number> {
  await view.goto(`${server.url}/_trainyard/`, { waitUntil: 'commit' });
  return view.evaluate<number>(`new Promise((resolve) => {
    const look = () => document.querySelector('.job:not(.head)') ? requestAnimationFrame(() => resolve(performance.now())) : requestAnimationFrame(look);
    look();
  })`);
}

/** Milliseconds from the time that a line tells to the frame in which it is. */
async function lineDelays(view: Page, server: BenchServer): Promise<number[]> {
  await create(
    server,
    'ticking',
    `for i in $(seq 1 ${ROUNDS * 8}); do echo at $(date +%s%3N); sleep 0.25; done`,
  );
  await view.goto(`${server.url}/_trainyard/jobs/ticking?tab=log`);
  await view.locator('.log-line .text').first().waitFor();
  return view.evaluate<number[]>(`new Promise((resolve) => {
    const delays = [];
    let last = document.querySelectorAll('.log-line').length;
    const look = () => {
      const lines = document.querySelectorAll('.log-line .text');
      const newest = lines[lines.length - 1]?.textContent;
      if (newest !== last && newest?.startsWith('at ')) {
        if (typeof last === 'string') delays.push(Date.now() - Number(newest.slice(3)));
        last = newest;
      }
      if (delays.length < ${ROUNDS}) requestAnimationFrame(look); else resolve(delays);
    };
    look();
  })`);
}

/** Frames a second while a log of a million lines is scrolled by several screens a frame. */
async function framesPerSecond(view: Page, server: BenchServer): Promise<number> {
  await create(
    server,
    'million',
    `seq -f 'line %.0f of a million, with as many words as such lines have' 1 ${LINES}`,
  );
  await waitUntilTrainingJobCompletedOrStopped(
    { client: server.sagemaker, maxWaitTime: 120, minDelay: 1, maxDelay: 1 },
    { TrainingJobName: 'million' },
  );
  await view.goto(`${server.url}/_trainyard/jobs/million?tab=log&line=1`);
  await view.locator('.log-line.chosen').waitFor();
  return view.evaluate<number>(`new Promise((resolve) => {
    const log = document.querySelector('.log');
    const begun = performance.now();
    let frames = 0;
    const scroll = () => {
      log.scrollTop += 2000;
      if (++frames < ${FRAMES}) requestAnimationFrame(scroll); else resolve(frames * 1000 / (performance.now() - begun));
    };
    requestAnimationFrame(scroll);
  })`);
}

async function create(server: BenchServer, name: string, script: string): Promise<void> {
  await server.sagemaker.send(
    new CreateTrainingJobCommand({
      TrainingJobName: name,
      RoleArn: 'arn:aws:iam::123456789012:role/trainyard',
      AlgorithmSpecification: {
        TrainingImage: 'trainyard/host:latest',
        TrainingInputMode: 'File',
        ContainerEntrypoint: ['/bin/sh', '-c', script],
      },
      OutputDataConfig: { S3OutputPath: `s3://${server.bucket}/out` },
      ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 1 },
      StoppingCondition: { MaxRuntimeInSeconds: 600 },
    }),
  );
}
