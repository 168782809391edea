import { expect } from '../fixtures';
import { test } from '../world';

const species = '/irene/garden/models/species';
const PARTS = ['.stats', '#try', '#about', '#versions', '#evaluation', '#use'];

test.describe('what a visitor sees of a model at first', () => {
  for (const [screen, width, height, seen] of [
    ['wide', 1440, 900, 3],
    ['phone', 390, 844, 2],
  ] as const) {
    test(`${screen}: how good it is, the form, then its card`, async ({ page, world: _ }) => {
      await page.setViewportSize({ width, height });
      await page.goto(species);
      const box = async (part: string) => (await page.locator(part).boundingBox())!;
      const tops = (await Promise.all(PARTS.map(box))).map(({ y }) => y);
      for (const [i, part] of PARTS.slice(0, seen).entries()) {
        expect(tops[i], part).toBeLessThan(height - 40);
      }
      const [numbers, form] = [await box('.stats'), await box('#try')];
      if (screen === 'wide') expect(numbers.x).toBeGreaterThan(form.x + form.width);
      else expect(numbers.y + numbers.height).toBeLessThan(form.y);
      const order = screen === 'phone' ? PARTS : ['#try', '#about', '#evaluation', '#use'];
      const found = order.map((part) => tops[PARTS.indexOf(part)]!);
      expect(found).toEqual([...found].sort((a, b) => a - b));
    });
  }
});

for (const javaScriptEnabled of [true, false]) {
  test.describe(`parts of a model, script ${javaScriptEnabled}`, () => {
    test.use({ javaScriptEnabled });
    test('each has a link that leads to it', async ({ page, world: _ }) => {
      await page.goto(species);
      const links = page.getByRole('navigation', { name: 'Parts of this page' }).getByRole('link');
      await expect(links).toHaveText(['Try it', 'About', /^Versions ?2$/, 'Evaluation', 'Use it']);
      for (const link of await links.all()) {
        const part = (await link.getAttribute('href'))!;
        await link.click();
        await expect(page).toHaveURL(`${species}${part}`);
        await expect(page.locator(part)).toBeInViewport();
      }
    });
  });
}

test('the report leaves no void beside its parts', async ({ page, world: _ }) => {
  await page.goto(species);
  const voids = await page.locator('#evaluation > .grid').evaluate((grid) => {
    const rows = new Map<number, number>();
    for (const part of grid.children) {
      const { top, right } = part.getBoundingClientRect();
      rows.set(top, Math.max(right, rows.get(top) ?? 0));
    }
    const end = grid.getBoundingClientRect().right;
    return [...rows.values()].map((right) => Math.round(end - right));
  });
  expect(voids).toEqual([0, 0, 0]);
});

test('a small confusion matrix fills its card', async ({ page, world: _ }) => {
  await page.goto(species);
  const matrix = page.getByRole('region', { name: 'Confusion matrix' });
  const [box, table] = [await matrix.boundingBox(), await matrix.locator('table').boundingBox()];
  expect(table!.width).toBeCloseTo(box!.width, 0);
});
