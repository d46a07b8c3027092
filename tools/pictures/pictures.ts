/**
 * Defines the pictures of the documentation. Each definition names the owner, the page, and the actions before the
 * picture is taken.
 */
import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { launchBrowser } from '@centflow/console/browser';
import { repository } from '@centflow/local-processes/paths';

type Browser = Awaited<ReturnType<typeof launchBrowser>>;
export type Page = Awaited<ReturnType<Browser['newPage']>>;
type Locator = ReturnType<Page['locator']>;

/** A running console with the samples, on which the pictures are taken. */
export interface Place {
  readonly url: string;
  /** The folder for files that are uploaded. */
  readonly folder: string;
}

export interface Picture {
  /** The name of the file in docs/pictures, without its extension. */
  readonly name: string;
  readonly owner: string;
  readonly size: { readonly width: number; readonly height: number };
  readonly scheme: 'light' | 'dark';
  /** The part of the page that the picture shows; by default, the whole viewport. */
  readonly part?: (page: Page) => Locator;
  /** Opens the page and performs the actions before the picture. */
  readonly open: (page: Page, place: Place) => Promise<void>;
}

const WIDE = { width: 1280, height: 800 };
const DESK = { width: 1200, height: 800 };
const PHONE = { width: 390, height: 780 };
const BANK_EXPORT = join(repository, 'samples', 'bank-exports', 'stadtbank-nordufer-2025-06.csv');
const FIXABLE_OBJECT_KEY = 'raw/expenses/owner=maya/cash-2025.csv';

/** The pictures in the order in which they are taken. The last picture comes last because it uploads a file. */
export const pictures: readonly Picture[] = [
  { name: 'overview', owner: 'ada', size: WIDE, scheme: 'light', open: dashboard('cash-flow') },
  { name: 'spending', owner: 'ada', size: WIDE, scheme: 'light', open: dashboard('spending') },
  { name: 'phone', owner: 'ada', size: PHONE, scheme: 'dark', open: dashboard('cash-flow') },
  { name: 'preview', owner: 'ada', size: DESK, scheme: 'light', open: openPreview },
  { name: 'mapping', owner: 'ada', size: DESK, scheme: 'light', open: openMapping, part: mappingEditor },
  { name: 'fix', owner: 'maya', size: DESK, scheme: 'light', open: openFix },
  { name: 'follow', owner: 'ada', size: DESK, scheme: 'light', open: openFollow },
];

function dashboard(id: string): Picture['open'] {
  return async (page, { url }) => {
    await page.goto(`${url}/dashboards/${id}`);
    await page.locator('[role=img] svg path').first().waitFor({ state: 'attached' });
  };
}

async function openUploads(page: Page, { url }: Place, file: string): Promise<void> {
  await page.goto(`${url}/uploads`);
  await page.getByRole('heading', { name: 'Uploads', level: 1 }).waitFor();
  await page.getByTestId('files').setInputFiles(file);
  await page.getByRole('article', { name: basename(file) }).waitFor();
}

async function openPreview(page: Page, place: Place): Promise<void> {
  const file = join(place.folder, 'january-2026.csv');
  writeFileSync(file, createOverlappingStatement());
  await openUploads(page, place, file);
  await page.getByRole('button', { name: 'Send', exact: true }).first().waitFor();
}

async function openMapping(page: Page, place: Place): Promise<void> {
  await openUploads(page, place, BANK_EXPORT);
  await page.getByRole('button', { name: 'Match the columns' }).click();
  const editor = mappingEditor(page);
  await editor.getByRole('textbox', { name: 'Account in every row' }).fill('Nordufer Giro');
  await editor.getByRole('textbox', { name: 'Name of the template' }).fill('Stadtbank Giro');
  await editor.getByRole('cell', { name: '1180.00' }).waitFor();
  await editor.getByRole('heading').first().click();
  await editor.hover();
  await page.mouse.wheel(0, -5_000);
}

function mappingEditor(page: Page): Locator {
  return page.getByRole('dialog', { name: `Match the columns of ${basename(BANK_EXPORT)}` });
}

async function openFix(page: Page, { url }: Place): Promise<void> {
  const token = await page.evaluate<string>(`JSON.parse(sessionStorage.getItem('centflow-session')).token`);
  const answer = await fetch(`${url}/api/uploads?limit=200`, { headers: { authorization: `Bearer ${token}` } });
  const { uploads } = (await answer.json()) as { uploads: { uploadId: number; objectKey: string }[] };
  const upload = uploads.find(({ objectKey }) => objectKey === FIXABLE_OBJECT_KEY);
  await page.goto(`${url}/uploads/${upload?.uploadId}`);
  await page.getByRole('heading', { name: /rows to fix/ }).waitFor();
  await page.getByRole('textbox', { name: 'date, row 4' }).fill('2025-02-28');
  await page.getByText(/^1 of \d+ fixed/).waitFor();
  await page.mouse.move(DESK.width / 2, DESK.height / 2);
  await page.mouse.wheel(0, 420);
}

async function openFollow(page: Page, place: Place): Promise<void> {
  await openPreview(page, place);
  await page.getByRole('button', { name: 'Send', exact: true }).first().click();
  await page
    .getByText(/rows read:/)
    .first()
    .waitFor({ timeout: 90_000 });
}

/** Returns a CSV for the next month. Some of the rows are already loaded, and one row is invalid. */
function createOverlappingStatement(): string {
  const known = [
    ['2025-04-03', 'Stadtwerke', 'Utilities', 'Girokonto', '115.70', 'Strom und Gas', ''],
    ['2025-04-05', 'Funknetz', 'Phone and internet', 'Girokonto', '39.99', '', ''],
    ['2025-04-06', 'Trattoria da Enzo', 'Eating out', 'Visa', '14.86', '', 'Berlin'],
  ];
  const fresh = Array.from({ length: 24 }, (_, index) => [
    `2026-01-${String(index + 2).padStart(2, '0')}`,
    ['Kaufgut', 'Café Morgenrot', 'Buchhandlung Am Ufer', 'Deutsche Bahn'][index % 4] ?? '',
    ['Groceries', 'Eating out', 'Shopping', 'Travel'][index % 4] ?? '',
    'Visa',
    `${12 + index * 3}.${String((index * 37) % 100).padStart(2, '0')}`,
    '',
    'Berlin',
  ]);
  const wrong = ['2026-01-32', 'Kaufgut', 'Groceries', 'Visa', '31.20', '', 'Berlin'];
  const lines = [...known, ...fresh, wrong].map(([date, merchant, category, account, amount, description, city]) =>
    [date, merchant, category, account, amount, 'EUR', description, 'DE', city].join(','),
  );
  return `${['date,merchant,category,account,amount,currency,description,country,city', ...lines].join('\n')}\n`;
}
