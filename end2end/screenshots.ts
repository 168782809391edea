// Takes the pictures of the README.
import { join } from 'node:path';
import { expect } from './fixtures';
import { test } from './world';

const PICTURES = join(__dirname, '../docs');

test.use({
  storageState: async ({ world }, use) => use(await world.irene()),
  viewport: { width: 1440, height: 1000 },
});

test.afterEach(async ({ page }, info) => {
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: join(PICTURES, `${info.title}.png`) });
});

test.describe('by day', () => {
  test.use({ colorScheme: 'light' });

  test('model', async ({ page }) => {
    await page.goto('/irene/garden/models/species');
    await page.getByRole('button', { name: 'Predict' }).click();
    await expect(page.locator('.answer .big')).toBeVisible();
  });

  test('dataset', async ({ page }) => {
    await page.goto('/irene/garden/datasets/iris');
    await expect(page.getByRole('table')).toBeVisible();
  });
});

test.describe('by night', () => {
  test.use({ colorScheme: 'dark' });

  test('run', async ({ page }) => {
    await page.goto('/irene/garden/runs/4');
    await expect(page.locator('canvas').first()).toBeVisible();
  });
});
