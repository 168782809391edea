import type { Page } from '@playwright/test';
import { violations } from '../axe';
import { IRIS, expect, test as alone } from '../fixtures';
import { test } from '../world';

const open = async (page: Page) => {
  await page.keyboard.press('Control+k');
  const palette = page.getByRole('dialog', { name: 'Search or jump to' });
  await expect(palette.getByRole('combobox')).toBeFocused();
  return {
    palette,
    option: (name: RegExp) => palette.getByRole('option', { name }),
    chosen: palette.getByRole('option', { selected: true }),
    said: palette.getByRole('status'),
  };
};

test.describe('somebody who may do all', () => {
  test.use({ storageState: async ({ world }, use) => use(await world.irene()) });

  test('any run is found by its project, number and model', async ({ page }) => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto('/settings');
    const { palette, option, said } = await open(page);
    await page.keyboard.type('garden run 1');
    await expect(option(/run 1 · species\s*Run$/)).toBeVisible();
    await expect(option(/run 2/)).toHaveCount(0);
    await expect(said).toHaveText('2 entries');
    const { width } = (await palette.boundingBox())!;
    expect(width).toBeLessThanOrEqual(390);
    expect(await violations(page, 'dialog[open]')).toEqual([]);
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL('/irene/garden/runs/1');
  });

  test('what is called as was typed comes before what only has it somewhere', async ({ page }) => {
    // Runs of the model were made last, and have its name too.
    for (const [typed, url] of [
      ['species', '/irene/garden/models/species'],
      ['garden', '/irene/garden'],
      ['run 2', '/irene/garden/runs/2'],
    ] as const) {
      await page.goto('/settings');
      const { chosen, option } = await open(page);
      await page.keyboard.type(typed);
      await expect(option(/irene\/garden · run 2 · species\s*Run$/)).toBeVisible();
      await expect(chosen).toHaveAttribute('href', url);
      await page.keyboard.press('Enter');
      await expect(page).toHaveURL(url);
    }
  });

  test('what a project does is offered on every page of it', async ({ page }) => {
    await page.goto('/irene/garden/runs/3');
    const { option, chosen } = await open(page);
    await page.keyboard.type('garden upload');
    await expect(option(/^Upload data\s*irene\/garden$/)).toBeVisible();
    await expect(chosen).toContainText('Upload data');
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL('/irene/garden/upload');
  });

  test('an answer to what is no longer asked is dropped', async ({ page }) => {
    let release = () => {};
    const held = new Promise<void>((done) => (release = done));
    let asked = 0;
    await page.route(/\/explore\?q=petals/, async (route) => {
      asked += 1;
      await held;
      await route.continue().catch(() => {});
    });
    await page.goto('/settings');
    const { palette, option } = await open(page);
    await page.keyboard.type('petals');
    await expect.poll(() => asked).toBe(1);
    await palette.getByRole('combobox').fill('species');
    await expect(option(/irene\/garden\/species\s*Model$/)).toBeVisible();
    release();
    await page.unrouteAll({ behavior: 'wait' });
    await expect(option(/petals/)).toHaveCount(0);
    await expect(option(/irene\/garden\/species\s*Model$/)).toBeVisible();
  });
});

test.describe('somebody who only reads', () => {
  test.use({ storageState: async ({ world }, use) => use(await world.reader()) });

  test('is not offered what the role does not allow', async ({ page }) => {
    await page.goto('/irene/garden/runs/3');
    const { option } = await open(page);
    await expect(option(/^Members\s*irene\/garden$/)).toHaveCount(1);
    await page.keyboard.type('upload');
    await expect(option(/Upload data/)).toHaveCount(0);
    await expect(option(/^Search for “upload”/)).toBeVisible();
  });
});

alone('a run is found by what it says nowhere: the experiment it began in', async ({
  page,
  ada,
  lab,
}) => {
  await ada.rest.dataset(lab, 'iris', IRIS);
  const algorithm = { kind: 'baseline', params: {} };
  const validation = { holdout: 0.2, refit: true };
  const spec = { task: 'classification', target: 'species', algorithm, validation, seed: 1 };
  await ada.rest.post(`projects/${lab}/models`, { name: 'seedling', spec });
  await ada.rest.train(lab, 'seedling', 'iris');
  await ada.rest.patch(`projects/${lab}/models/seedling`, { name: 'grown' });
  await page.goto('/settings');
  const { option } = await open(page);
  await page.keyboard.type(`${lab} seedl`);
  await expect(option(/ · run 1 · grown\s*Run$/)).toBeVisible();
  await page.keyboard.type('ess');
  await expect(option(/ · run 1 · grown/)).toHaveCount(0);
});

alone('the number of a run comes before the numbers that begin with it', async ({
  page,
  ada,
  lab,
}) => {
  test.slow();
  await ada.rest.dataset(lab, 'iris', IRIS);
  const algorithm = { kind: 'baseline', params: {} };
  const validation = { holdout: 0.2, refit: false };
  const spec = { task: 'classification', target: 'species', algorithm, validation, seed: 1 };
  await ada.rest.post(`projects/${lab}/models`, { name: 'often', spec });
  for (let run = 1; run <= 11; run += 1) await ada.rest.train(lab, 'often', 'iris');
  await page.goto('/settings');
  const { chosen, option } = await open(page);
  await page.keyboard.type('run 1');
  await expect(option(/ · run 1 · often\s*Run$/)).toBeVisible();
  await expect(option(/ · run 11 · often\s*Run$/)).toBeVisible();
  await expect(chosen).toHaveAttribute('href', `/${lab}/runs/1`);

  await page.goto(`/${lab}/runs?q=run+1`);
  await expect(page.locator('tbody tr').first()).toContainText(/^run 1\D/);
  await expect(page.locator('tbody tr')).toHaveCount(3);
});

alone('colours are changed and one signs out without the mouse', async ({ page, ada }) => {
  await page.goto('/dashboard');
  await expect(page.getByLabel(`Account: ${ada.name}`)).toBeVisible();
  const html = page.locator('html');
  for (const [typed, theme] of [['dark col', 'dark'], ['light col', 'light']] as const) {
    await open(page);
    await page.keyboard.type(typed);
    await page.keyboard.press('Enter');
    await expect(html).toHaveAttribute('data-theme', theme);
    await page.reload();
    await expect(html).toHaveAttribute('data-theme', theme);
  }
  await open(page);
  await page.keyboard.type('of the system');
  await page.keyboard.press('Enter');
  await expect(html).not.toHaveAttribute('data-theme');

  const { chosen } = await open(page);
  await page.keyboard.type('sign out');
  await expect(chosen).toContainText('Sign out');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('link', { name: 'Sign in' }).first()).toBeVisible();
  await page.goto('/dashboard');
  await expect(page).toHaveURL('/login?next=%2Fdashboard');
});
