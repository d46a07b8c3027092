import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { bankExports, cardOf, dragged, drop, openUploads, sampleFolder, signedIn } from './person.ts';
import type { Setting } from './setting.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** What WCAG 2.2 AA holds against the page as it is. */
async function violations(page: Page): Promise<string[]> {
  // The page's own policy forbids inline scripts, so it is evaluated through the debugger.
  await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    const { axe } = window as unknown as {
      axe: { run(root: Document, options: object): Promise<{ violations: Violation[] }> };
    };
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    return (await axe.run(document, { runOnly: { type: 'tag', values: tags } })).violations;
  });
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary}`),
  );
}

/** Nothing may stand out of the window at the side. */
async function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

export function looksStory(setting: Setting): void {
  const forms = [
    { scheme: 'light', width: 1280 },
    { scheme: 'dark', width: 1280 },
    { scheme: 'light', width: 360 },
    { scheme: 'dark', width: 360 },
  ] as const;
  test.each(forms)(
    'every page is accessible and fits in $scheme at $width pixels',
    { timeout: 180_000 },
    async ({ scheme, width }) => {
      const { browser, url } = setting();
      const maya = await signedIn(browser, url, 'maya', { colorScheme: scheme, viewport: { width, height: 800 } });
      const { page } = maya;
      const holds = async () => {
        // Colours of what fades in count only when it is there.
        await page.waitForTimeout(400);
        expect(await violations(page)).toEqual([]);
        expect(await overflow(page)).toBeLessThanOrEqual(0);
      };
      await openUploads(page, url);
      await page.getByRole('link', { name: 'cash-2025.csv' }).waitFor();
      await holds();

      await drop(page, [
        await dragged(join(bankExports, 'harbour-bank-2025-05-01-to-12.csv')),
        { ...(await dragged(join(sampleFolder, 'raw/expenses/owner=maya/cash-2025.csv'))), name: 'cash copy.csv' },
        await dragged(join(sampleFolder, 'raw/expenses/owner=maya/2025.csv')),
      ]);
      await cardOf(page, '2025.csv').getByText('There is a file of this name already').waitFor();
      await cardOf(page, 'cash copy.csv').getByText('9 rows need mending').waitFor();
      await holds();

      await cardOf(page, /harbour/)
        .getByRole('button', { name: 'Map its columns' })
        .click();
      await page
        .getByRole('dialog')
        .getByText(/Nobody can tell it from these dates/)
        .waitFor();
      await page.getByRole('dialog').getByRole('cell', { name: 'Tamar Grocers' }).first().waitFor();
      await holds();
      await page.keyboard.press('Escape');

      await page.getByRole('link', { name: 'cash-2025.csv' }).click();
      await page.getByRole('heading', { name: '9 rows to fix' }).waitFor();
      await holds();
      await page.goto(`${url}/templates`);
      await page.getByRole('heading', { name: 'Bank templates', level: 1 }).waitFor();
      await holds();
      await maya.close();
    },
  );
}
