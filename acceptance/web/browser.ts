import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium } from 'playwright-core';

/** Debian's package `chromium`. */
export const CHROMIUM = '/usr/bin/chromium';
export const hasChromium = existsSync(CHROMIUM);

/** Nothing but the page may be asked for, by the browser itself neither. */
const ARGUMENTS = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];

export interface BrowserOptions {
  readonly colorScheme?: 'light' | 'dark';
  readonly viewport?: { readonly width: number; readonly height: number };
}

/** A browser with a new profile, and how to end it. */
export async function openBrowser({
  colorScheme = 'light',
  viewport = { width: 1280, height: 800 },
}: BrowserOptions = {}): Promise<{ readonly browser: BrowserContext; readonly close: () => Promise<void> }> {
  const profile = await mkdtemp(join(tmpdir(), 'trainyard-browser-'));
  const browser = await chromium.launchPersistentContext(profile, {
    ...{ executablePath: CHROMIUM, args: ARGUMENTS, colorScheme, viewport },
    acceptDownloads: true,
  });
  return {
    browser,
    close: async () => {
      await browser.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}
