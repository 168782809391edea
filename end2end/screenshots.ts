// Takes the pictures of the README.
import { join } from 'node:path';
import { expect } from './fixtures';
import { test } from './world';

const PICTURES = join(__dirname, '../docs');

test.use({
  storageState: async ({ world }, use) => use(world.irene),
  viewport: { width: 1440, height: 1000 },
  colorScheme: 'light',
});

test('a model', async ({ page }) => {
  await page.goto('/irene/garden/models/species');
  await page.getByRole('button', { name: 'Predict' }).click();
  await expect(page.locator('.answer .big')).toBeVisible();
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: join(PICTURES, 'model.png') });
});
