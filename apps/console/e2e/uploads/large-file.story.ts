import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { getCard, importTimeout, openUploads, send, signIn, waitUntilImported } from './person.ts';
import type { Setting } from './setting.ts';

const megabyte = 2 ** 20;

/** Returns a CSV file with rows of one year and at least this many bytes. */
function buildLargeFile(bytes: number): string {
  const lines = ['date,merchant,category,account,amount,currency,description'];
  for (let row = 0, size = 0; size < bytes; row++) {
    const day = new Date(Date.UTC(2019, 0, 1 + (row % 365))).toISOString().slice(0, 10);
    const line = `${day},Shop ${row},Groceries,Card,${(row % 90) + 1}.${String(row % 100).padStart(2, '0')},USD,purchase number ${row}`;
    lines.push(line);
    size += line.length + 1;
  }
  return `${lines.join('\n')}\n`;
}

export function largeFileStory(setting: Setting): void {
  test('an interrupted send resumes after a reload and sends only the missing parts', {
    timeout: 300_000,
  }, async () => {
    const { browser, url, running } = setting();
    const storage = running.stack.description.endpointUrl;
    const folder = await mkdtemp(join(tmpdir(), 'centflow-large-'));
    const path = join(folder, 'year-2019.csv');
    await writeFile(path, buildLargeFile(20 * megabyte));
    const maya = await signIn(browser, url, 'maya');
    const { page } = maya;
    page.on('dialog', (dialog) => void dialog.accept());
    const arrived: number[] = [];
    let cut = true;
    await page.route(`${storage}/**`, async (route, request) => {
      const part = Number(new URL(request.url()).searchParams.get('partNumber'));
      if (request.method() !== 'PUT') return route.continue();
      if (cut && part > 1) return route.abort('connectionreset');
      arrived.push(part);
      return route.continue();
    });

    await openUploads(page, url);
    await page.getByTestId('files').setInputFiles(path);
    const card = getCard(page, 'year-2019.csv');
    await card.getByRole('button', { name: 'Send' }).waitFor(importTimeout);
    await send(card);
    await card.getByText(/Connection lost/).waitFor();
    await expect.poll(() => arrived).toEqual([1]);
    await card.getByText(/^8\.4 MB of 21/).waitFor();
    await page.reload();

    cut = false;
    await page.getByText('year-2019.csv was not sent completely').waitFor();
    await page.getByTestId('files').setInputFiles(path);
    await card.getByRole('button', { name: /^Resume sending \(8\.4 MB already sent\)/ }).click(importTimeout);
    await waitUntilImported(card);
    expect(arrived.toSorted()).toEqual([1, 2, 3]);
    expect(await page.getByText('year-2019.csv was not sent completely').count()).toBe(0);
    expect(maya.errors).toEqual([]);
    await maya.close();
    await rm(folder, { recursive: true });
  });

  test('removing a paused send leaves no parts in S3', { timeout: 120_000 }, async () => {
    const { browser, url, running } = setting();
    const storage = running.stack.description.endpointUrl;
    const maya = await signIn(browser, url, 'maya');
    const { page } = maya;
    let held = true;
    const waiting: (() => void)[] = [];
    await page.route(`${storage}/**`, async (route, request) => {
      if (request.method() === 'PUT' && held) await new Promise<void>((go) => waiting.push(go));
      await route.continue().catch(() => undefined);
    });
    await openUploads(page, url);
    await page
      .getByTestId('files')
      .setInputFiles({ name: 'paused.csv', mimeType: 'text/csv', buffer: Buffer.from(buildLargeFile(12 * megabyte)) });
    const card = getCard(page, 'paused.csv');
    await send(card);
    await card.getByRole('button', { name: 'Pause', exact: true }).click();
    await card.getByText(/Paused\. The part already sent is kept/).waitFor();
    held = false;
    for (const go of waiting) go();
    const aborted = page.waitForRequest(
      (request) => request.method() === 'DELETE' && request.url().includes('/api/sends/multipart'),
    );
    await card.getByRole('button', { name: 'Remove paused.csv' }).click();
    expect((await (await aborted).response())?.status()).toBe(200);
    await page.reload();
    await page.getByRole('heading', { name: 'History' }).waitFor();
    expect(await page.getByText('paused.csv was not sent completely').count()).toBe(0);
    await maya.close();
  });

  test('the page stays responsive while 100,000 rows are read', { timeout: 120_000 }, async () => {
    const { browser, url } = setting();
    const folder = await mkdtemp(join(tmpdir(), 'centflow-rows-'));
    const path = join(folder, 'rows.csv');
    await writeFile(
      path,
      `${buildLargeFile(8 * megabyte)
        .split('\n')
        .slice(0, 100_001)
        .join('\n')}\n`,
    );
    const maya = await signIn(browser, url, 'maya');
    const { page } = maya;
    await openUploads(page, url);
    await page.evaluate(() => {
      const given = window as unknown as { busy: number };
      given.busy = 0;
      new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) given.busy += duration;
      }).observe({ type: 'longtask' });
    });
    const from = performance.now();
    await page.getByTestId('files').setInputFiles(path);
    const card = getCard(page, 'rows.csv');
    await card.getByRole('button', { name: 'Send' }).waitFor(importTimeout);
    await card.getByText('100,000', { exact: true }).waitFor();
    const busy = await page.evaluate(() => (window as unknown as { busy: number }).busy);
    // On any machine, the page is busy for only part of the time, because a worker reads the file.
    expect(busy).toBeLessThan((performance.now() - from) / 2);
    await maya.close();
    await rm(folder, { recursive: true });
  });
}
