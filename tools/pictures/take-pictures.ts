/** Takes the documentation's pictures on a running console. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { launchBrowser } from '@centflow/console/browser';
import type { Page, Picture, Place } from './pictures.ts';

/** The time in milliseconds until charts are final. Charts are redrawn when their fonts are loaded. */
const SETTLED_AFTER_MS = 1_500;
const WITHIN_MS = 30_000;

export interface Taken {
  readonly file: string;
  readonly bytes: number;
}

/** Takes each picture in a separate browser context, so that no state of the previous picture remains. */
export async function takePictures(
  place: Place,
  pictures: readonly Picture[],
  folder: string,
  onTaken: (taken: Taken) => void = () => undefined,
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const browser = await launchBrowser();
  try {
    for (const picture of pictures) {
      const context = await browser.newContext({
        viewport: picture.size,
        colorScheme: picture.scheme,
        deviceScaleFactor: 1,
        locale: 'en-GB',
        timezoneId: 'Europe/Berlin',
        reducedMotion: 'reduce',
      });
      await context.addInitScript(`sessionStorage.setItem('centflow-session', '${await credentials(place, picture)}')`);
      const page = await context.newPage();
      page.setDefaultTimeout(WITHIN_MS);
      onTaken(await take(page, picture, place, join(folder, `${picture.name}.png`)));
      await context.close();
    }
  } finally {
    await browser.close();
  }
}

/** Signs in, and returns the credentials in the format that the page stores. */
async function credentials({ url }: Place, { owner }: Picture): Promise<string> {
  const response = await fetch(`${url}/api/local/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ owner }),
  });
  return response.text();
}

async function take(page: Page, picture: Picture, place: Place, file: string): Promise<Taken> {
  await page.goto(place.url);
  await picture.open(page, place);
  await page.waitForLoadState('networkidle');
  await sleep(SETTLED_AFTER_MS);
  const image = await (picture.part?.(page) ?? page).screenshot({ animations: 'disabled', caret: 'hide' });
  writeFileSync(file, image);
  return { file, bytes: image.length };
}
