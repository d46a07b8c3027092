import { dashboards } from '@centflow/reports';
import { test } from 'vitest';
import { expectGoodLooks, forms } from '../looks.ts';
import { signIn } from '../uploads/person.ts';
import type { Setting } from '../uploads/setting.ts';

export function looksStory(setting: Setting): void {
  test.each(forms)(
    'every dashboard is accessible and fits a window of $width pixels in the $scheme scheme',
    { timeout: 240_000 },
    async ({ scheme, width }) => {
      const { browser, url } = setting();
      const ada = await signIn(browser, url, 'ada', { colorScheme: scheme, viewport: { width, height: 800 } });
      const { page } = ada;
      for (const address of [...dashboards.map(({ id }) => `/dashboards/${id}`), '/transactions']) {
        await page.goto(`${url}${address}`);
        await page.getByRole('heading', { level: 1 }).waitFor();
        await page.waitForLoadState('networkidle');
        await expectGoodLooks(page);
      }
      await ada.close();
    },
  );
}
