import type { Page } from '@playwright/test';
import { expect } from '../fixtures';
import { test } from '../world';

const garden = '/irene/garden';

/** The links that the rows of a list begin with. */
const rows = (page: Page) => page.locator('main tbody tr > :first-child a');

const head = (page: Page, name: string) => page.getByRole('columnheader', { name, exact: true });

for (const script of [true, false]) {
  test.describe(script ? 'with script' : 'without script', () => {
    test.use({
      javaScriptEnabled: script,
      storageState: async ({ world }, use) => use(await world.irene()),
    });

    test('a head sorts both ways, what is missing stands last, and the address says so', async ({
      page,
    }) => {
      await page.goto(`${garden}/datasets`);
      const inOrder = rows(page);
      await head(page, 'Rows').getByRole('link').click();
      await expect(page).toHaveURL(`${garden}/datasets?sort=-rows`);
      await expect(head(page, 'Rows')).toHaveAttribute('aria-sort', 'descending');
      await expect(inOrder).toHaveText(['points', 'people', 'iris', 'messy', 'broken', 'empty']);
      await head(page, 'Rows').getByRole('link').click();
      await expect(page).toHaveURL(`${garden}/datasets?sort=rows`);
      await expect(head(page, 'Rows')).toHaveAttribute('aria-sort', 'ascending');
      await expect(inOrder).toHaveText(['messy', 'iris', 'people', 'points', 'broken', 'empty']);
      await page.reload();
      await expect(inOrder).toHaveText(['messy', 'iris', 'people', 'points', 'broken', 'empty']);
      await head(page, 'Rows').getByRole('link').click();
      await expect(page).toHaveURL(`${garden}/datasets`);
      await expect(head(page, 'Rows')).not.toHaveAttribute('aria-sort');
    });

    test('every column of every list sorts, and shows as many rows as before', async ({ page }) => {
      for (const list of ['datasets', 'models', 'runs']) {
        await page.goto(`${garden}/${list}`);
        const many = await page.locator('main tbody tr').count();
        const heads = page.getByRole('columnheader');
        const columns = await heads.count();
        expect(columns).toBeGreaterThan(5);
        for (let column = 0; column < columns; column += 1) {
          const link = heads.nth(column).getByRole('link');
          const seen = new Set<string | null>();
          for (let turn = 0; turn < 2; turn += 1) {
            await page.goto((await link.getAttribute('href'))!);
            seen.add(await heads.nth(column).getAttribute('aria-sort'));
            await expect(page.locator('main tbody tr')).toHaveCount(many);
            await expect(page.locator('main .note')).toHaveCount(0);
          }
          expect(seen, `${list}, column ${column}`).toEqual(new Set(['ascending', 'descending']));
        }
      }
    });

    test('models are put in order where they can be compared', async ({ page }) => {
      await page.goto(`${garden}/models`);
      await head(page, 'Measured').getByRole('link').click();
      await expect(page).toHaveURL(`${garden}/models?sort=-measured`);
      await expect(page.locator('main')).toContainText('Only what can be compared');
      const names = await rows(page).allInnerTexts();
      expect(names.at(-1)).toBe('untrained');
      expect(names.indexOf('species')).toBeLessThan(names.indexOf('petals'));

      await page.getByLabel('Task').selectOption('regression');
      await page.getByRole('button', { name: 'Find' }).click();
      await expect(rows(page)).toHaveText(['petals']);
      await expect(page).toHaveURL(/sort=-measured/);
      await expect(page.getByLabel('Task')).toHaveValue('regression');
    });

    test('runs are narrowed by their status, and sorting keeps to it', async ({ page }) => {
      await page.goto(`${garden}/runs`);
      await page.getByLabel('Status').selectOption('cancelled');
      await page.getByRole('button', { name: 'Find' }).click();
      await expect(rows(page)).toHaveText(['run 4']);
      await head(page, 'Took').getByRole('link').click();
      await expect(page).toHaveURL(`${garden}/runs?status=cancelled&sort=-took`);
      await expect(rows(page)).toHaveText(['run 4']);
      await page.getByLabel('Status').selectOption('queued');
      await page.getByRole('button', { name: 'Find' }).click();
      await expect(page.getByRole('heading', { name: 'No runs match' })).toBeVisible();
      await page.getByRole('link', { name: 'Show all' }).click();
      await expect(rows(page)).toHaveText(['run 4', 'run 3', 'run 2', 'run 1']);
    });

    test('what a list does not know is told, and the list is shown', async ({ page }) => {
      const note = page.locator('main .note');
      await page.goto(`${garden}/datasets?sort=nonsense`);
      await expect(note).toContainText('an order that this list does not have');
      await expect(rows(page).first()).toHaveText('broken');
      await page.goto(`${garden}/runs?sort=--run&status=lost`);
      await expect(note).toContainText('an order that this list does not have');
      await expect(note).toContainText('a status that no run can have');
      await expect(rows(page)).toHaveText(['run 4', 'run 3', 'run 2', 'run 1']);
      await page.goto(`${garden}/models?task=both`);
      await expect(note).toContainText('a task that no model has');
      for (const [path, order] of [
        [`${garden}/datasets`, 'It is shown by name.'],
        [`${garden}/models`, 'What changed last comes first.'],
        ['/irene', 'What changed last comes first.'],
        ['/explore?kind=datasets', 'What changed last comes first.'],
        ['/explore?kind=runs', 'The newest comes first.'],
      ] as const) {
        await page.goto(`${path}${path.includes('?') ? '&' : '?'}sort=size`);
        await expect(note).toContainText(`an order that this list does not have. ${order}`);
      }
      await page.goto(`${garden}/runs?offset=500`);
      await page.getByRole('link', { name: 'To the first page' }).click();
      await expect(page).toHaveURL(`${garden}/runs`);
    });

    test('the projects of an owner are found and put in order', async ({ page }) => {
      const projects = page.locator('main .item .what > a');
      await page.goto('/irene');
      await page.getByLabel('Order').selectOption('By name, backwards');
      await page.getByRole('button', { name: 'Find' }).click();
      await expect(projects).toHaveText(['irene/shed', 'irene/garden']);
      await page.getByLabel('Find by name').fill('gard');
      await page.getByRole('button', { name: 'Find' }).click();
      await expect(projects).toHaveText(['irene/garden']);
      await expect(page.getByLabel('Order')).toHaveValue('-name');
    });

    test('explore shows what one may see, marked, kind by kind', async ({ page, browse }) => {
      const projects = page.locator('main .item .what > a');
      const kind = (name: RegExp) => page.getByLabel('What is shown').getByRole('link', { name });
      await page.goto('/explore?whose=mine');
      await kind(/^Projects/).click();
      await expect(page).toHaveURL('/explore?kind=projects&whose=mine');
      await expect(projects).toHaveText(['irene/garden', 'irene/shed']);
      await expect(page.locator('main .item').last()).toContainText('private');
      await page.getByLabel('Whose').selectOption('Public');
      await page.getByLabel(/^Find models/).fill('irene/');
      await page.getByRole('button', { name: 'Find' }).click();
      await expect(projects).toHaveText(['irene/garden']);
      await kind(/^Models/).click();
      await head(page, 'Version').getByRole('link').click();
      await expect(rows(page).first()).toHaveText('irene/garden/species');
      await kind(/^Runs/).click();
      await expect(rows(page)).toHaveCount(4);

      const stranger = await browse({ javaScriptEnabled: script, storageState: undefined });
      await stranger.goto('/explore?q=irene/');
      await expect(stranger.locator('main')).toContainText('irene/garden/species');
      await expect(stranger.locator('main')).not.toContainText('irene/shed');
      await expect(stranger.getByLabel('Whose')).toHaveCount(0);
    });

    test('on a phone how good a model is stands in sight', async ({ page }) => {
      await page.setViewportSize({ width: 390, height: 844 });
      for (const list of [`${garden}/models`, '/explore?kind=models&q=irene/']) {
        await page.goto(list);
        const named = page.getByRole('link', { name: /(^|\/)species$/ });
        const row = page.locator('tbody tr').filter({ has: named });
        await expect(row.getByText(/^\d\.\d+$/)).toBeInViewport({ ratio: 1 });
        await expect(row.getByText('accuracy', { exact: true })).toBeInViewport({ ratio: 1 });
      }
    });

    test('Explore is in the bar at the top, which fits a phone', async ({ page }) => {
      await page.setViewportSize({ width: 360, height: 740 });
      await page.goto(`${garden}/models/species`);
      const bar = page.getByRole('banner');
      await expect(bar.getByRole('link', { name: 'Explore' })).toBeInViewport({ ratio: 1 });
      await expect(bar.locator('summary')).toBeInViewport({ ratio: 1 });
      const wide = await page.evaluate(() => document.scrollingElement!.scrollWidth);
      expect(wide).toBe(360);
      await bar.getByRole('link', { name: 'Explore' }).click();
      await expect(page).toHaveURL('/explore');
    });

    if (!script) {
      test('without script the palette is the search of explore', async ({ page }) => {
        await page.goto(`${garden}`);
        await page.getByRole('link', { name: 'Search or jump to…' }).click();
        await page.getByLabel(/^Find models/).fill('garden run 1');
        await page.getByRole('button', { name: 'Find' }).click();
        await expect(rows(page)).toHaveText(['irene/garden · 1']);
      });
    }
  });
}
