/** A person who uses a running console in a browser. */
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { readSession } from '../session.ts';

export const webFolder = fileURLToPath(new URL('../../dist/web', import.meta.url));
export const sampleFolder = fileURLToPath(new URL('../../../../samples', import.meta.url));
export const bankExports = join(sampleFolder, 'bank-exports');

/** A timeout in milliseconds that suffices to load a large file on a busy machine. */
export const importTimeout = { timeout: 90_000 };

export interface Person {
  readonly page: Page;
  readonly owner: string;
  /** The errors that the page logged. Tests expect an empty list. */
  readonly errors: string[];
  /** Sends a GET request to the API as this person. */
  get(path: string): Promise<unknown>;
  close(): Promise<void>;
}

/** Signs in with a click on the owner's name, as on a local machine. */
export function signIn(
  browser: Browser,
  url: string,
  owner: string,
  options: BrowserContextOptions = {},
): Promise<Person> {
  return signInByClick(browser, url, owner, new RegExp(`^${owner} *\\d+ upload`), options);
}

/** Signs in as an operator. The page offers the first owner in the list as the operator. */
export function signInAsOperator(
  browser: Browser,
  url: string,
  owner: string,
  options: BrowserContextOptions = {},
): Promise<Person> {
  return signInByClick(browser, url, owner, `${owner}, as an operator`, options);
}

async function signInByClick(
  browser: Browser,
  url: string,
  owner: string,
  name: string | RegExp,
  options: BrowserContextOptions,
): Promise<Person> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(90_000);
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && /Content Security Policy/i.test(message.text())) errors.push(message.text());
  });
  await page.goto(url);
  await page.getByRole('button', { name }).click();
  await page.getByRole('link', { name: 'Uploads', exact: true }).first().waitFor({ state: 'attached' });
  return {
    page,
    owner,
    errors,
    async get(path) {
      const session = await readSession(page);
      const response = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${session?.token}` } });
      if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
      return response.json();
    },
    close: () => context.close(),
  };
}

export async function openUploads(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/uploads`);
  await page.getByRole('heading', { name: 'Uploads', level: 1 }).waitFor();
}

/** A file to drop, with its content as text or as bytes. */
export interface DraggedFile {
  readonly name: string;
  readonly text?: string;
  readonly bytes?: Buffer;
}

export async function readDraggedFile(path: string): Promise<DraggedFile> {
  return { name: basename(path), bytes: await readFile(path) };
}

/** Drops files on the page as if they came from outside the browser. */
export async function drop(page: Page, files: readonly DraggedFile[]): Promise<void> {
  const contents = files.map(({ name, text, bytes }) => ({
    name,
    base64: (bytes ?? Buffer.from(text ?? '')).toString('base64'),
  }));
  const transfer = await page.evaluateHandle((given) => {
    const made = new DataTransfer();
    for (const { name, base64 } of given) {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      made.items.add(new File([bytes], name, { lastModified: 1_750_000_000_000 }));
    }
    return made;
  }, contents);
  for (const type of ['dragenter', 'dragover', 'drop']) {
    await page.locator('body').dispatchEvent(type, { dataTransfer: transfer });
  }
}

/** Returns the card of a file. */
export function getCard(page: Page, name: string | RegExp): Locator {
  return page.getByRole('article', { name });
}

export async function send(card: Locator): Promise<void> {
  await card.getByRole('button', { name: /^(Send|Resume sending)/ }).click();
}

export async function waitUntilImported(card: Locator): Promise<void> {
  await card.getByText(/rows? read:/).waitFor(importTimeout);
}

/** Returns a CSV file with the expenses of one month. */
export function buildExpenses(
  rows: readonly (readonly [date: string, merchant: string, amount: string])[],
  currency = 'EUR',
): string {
  const lines = rows.map(([date, merchant, amount]) => `${date},${merchant},Groceries,Cash,${amount},${currency},`);
  return `${['date,merchant,category,account,amount,currency,description', ...lines].join('\n')}\n`;
}
