/** Measures the console in a browser: the first chart of a dashboard, and the preview of a large file. */
import { rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CommandError } from '@centflow/command-line/exit';
import { launchBrowser } from '@centflow/console/browser';
import { benchFolder } from '../bench-stack.ts';
import type { ConsoleFigures } from '../results.ts';
import { smallCsv } from '../small-csv.ts';
import { median, round } from '../statistics.ts';
import { gzipped } from './first-load.ts';
import { type Noted, READ_NOTES, TAKE_NOTES } from './in-page.ts';

type Browser = Awaited<ReturnType<typeof launchBrowser>>;
type Page = Awaited<ReturnType<Browser['newPage']>>;

const VIEWPORT = { width: 1280, height: 800 };
const WITHIN_MS = 30_000;
const POLL_MS = 50;

export interface Credentials {
  readonly token: string;
  readonly expiresAt: string;
}

/** Runs `work` with a browser whose pages are signed in and record their times. */
export async function withBrowser<Result>(
  credentials: Credentials,
  work: (newPage: NewPage) => Promise<Result>,
): Promise<Result> {
  const browser = await launchBrowser();
  try {
    return await work(async () => {
      // Each page is opened in a separate browser context with an empty cache.
      const context = await browser.newContext({ viewport: VIEWPORT, locale: 'en-GB' });
      await context.addInitScript(`sessionStorage.setItem('centflow-session', '${JSON.stringify(credentials)}')`);
      await context.addInitScript(TAKE_NOTES);
      const page = await context.newPage();
      page.setDefaultTimeout(WITHIN_MS);
      return { page, close: () => context.close() };
    });
  } finally {
    await browser.close();
  }
}

type NewPage = () => Promise<{ readonly page: Page; close(): Promise<void> }>;

/** Waits for a recorded time by polling. The page's content security policy forbids Playwright's own waiting in the page. */
async function noted<Name extends 'chartMs' | 'previewMs'>(
  page: Page,
  name: Name,
): Promise<Noted & Record<Name, number>> {
  const deadline = Date.now() + WITHIN_MS;
  for (;;) {
    const notes = await page.evaluate<Noted>(READ_NOTES);
    if (notes[name] !== undefined) return notes as Noted & Record<Name, number>;
    if (Date.now() > deadline) {
      throw new CommandError(`The page ${page.url()} did not record ${name} within ${WITHIN_MS / 1000} s`);
    }
    await sleep(POLL_MS);
  }
}

/** Opens the first dashboard several times, each time with an empty cache. */
export async function measureFirstPaint(
  newPage: NewPage,
  url: string,
  webFolder: string,
  loads: number,
): Promise<ConsoleFigures['firstPaint']> {
  const charts: number[] = [];
  const paints: number[] = [];
  let bytes = 0;
  for (let each = 0; each < loads; each += 1) {
    const { page, close } = await newPage();
    await page.goto(url);
    charts.push((await noted(page, 'chartMs')).chartMs / 1000);
    paints.push(
      (await page.evaluate<number>(`performance.getEntriesByName('first-contentful-paint')[0].startTime`)) / 1000,
    );
    const fetched = await page.evaluate<string[]>(`performance.getEntriesByType('resource').map(({ name }) => name)`);
    const names = fetched.map((address) => new URL(address).pathname).filter((path) => path.startsWith('/assets/'));
    bytes = gzipped(webFolder, [...new Set(names)]).bytes;
    await close();
  }
  return {
    loads,
    contentMedianSeconds: round(median(paints)),
    chartMedianSeconds: round(median(charts)),
    chartMostSeconds: round(Math.max(...charts)),
    assetBytes: bytes,
  };
}

/** Measures the preview of a file several times, each time on a newly opened page. */
export async function measurePreview(
  newPage: NewPage,
  url: string,
  rows: number,
  files: number,
): Promise<ConsoleFigures['preview']> {
  const notes: (Noted & { readonly previewMs: number })[] = [];
  const text = smallCsv(rows, 1);
  for (let each = 0; each < files; each += 1) {
    const path = join(benchFolder, `preview-${each}.csv`);
    writeFileSync(path, text);
    const { page, close } = await newPage();
    await page.goto(`${url}/uploads`);
    await page.getByTestId('files').setInputFiles(path);
    await page.getByRole('article', { name: basename(path) }).waitFor();
    notes.push(await noted(page, 'previewMs'));
    await close();
    rmSync(path);
  }
  const took = notes.map(({ previewMs }) => previewMs / 1000);
  return {
    rows,
    bytes: Buffer.byteLength(text),
    files,
    medianSeconds: round(median(took)),
    mostSeconds: round(Math.max(...took)),
    longestTaskSeconds: round(Math.max(...notes.map(({ longestTaskMs }) => longestTaskMs / 1000))),
  };
}
