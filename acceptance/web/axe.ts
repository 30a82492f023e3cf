import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** What axe finds, in words. As a debugger does: the page itself lets no foreign script in. */
export async function axe(page: Page): Promise<string[]> {
  const found = (await page.evaluate(
    `${await readFile(AXE, 'utf8')}; axe.run().then(({ violations }) => violations)`,
  )) as {
    id: string;
    nodes: { html: string; failureSummary: string }[];
  }[];
  return found.map(({ id, nodes }) => `${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary}`);
}
