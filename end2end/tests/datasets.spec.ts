import { IRIS, expect, test, withAndWithoutScript } from '../fixtures';
import { circle, people } from '../tables';

const csv = (name: string, text: string | Buffer) => ({
  name,
  mimeType: 'text/csv',
  buffer: Buffer.from(text),
});

test('the page of a dataset that is being read turns to its table by itself', async ({
  page,
  ada,
  lab,
}) => {
  await page.goto(`/${lab}/upload`);
  await page.getByLabel('Name').fill('points');
  await page.getByLabel(/Drop a file here/).setInputFiles(csv('points.csv', circle(200_000)));
  await expect(page.getByText('points.csv')).toBeVisible();
  await page.getByRole('button', { name: 'Upload' }).click();

  await expect(page).toHaveURL(`/${lab}/datasets/points`);
  await expect(page.getByRole('heading', { name: 'Version 1 is being read' })).toBeVisible();
  const rows = page.getByRole('region', { name: 'Rows' }).getByRole('row');
  await expect(rows).toHaveCount(101, { timeout: 30_000 });
  await expect(page.getByText('v1 · current')).toBeVisible();
  await expect(page.getByText('is being read')).toHaveCount(0);
  const version = await ada.rest.get(`projects/${lab}/datasets/points/versions/1`);
  expect([version.state, version.rows]).toEqual(['ready', 200_000]);
});

withAndWithoutScript((script) => {
  test('an uploaded file becomes a table, and another one its next version', async ({
    page,
    ada,
    lab,
  }) => {
    const dataset = `projects/${lab}/datasets/iris`;
    const file = page.getByLabel(/Drop a file here/);
    await page.goto(`/${lab}/upload`);
    await page.getByLabel('Name').fill('Bad Name');
    await file.setInputFiles(csv('iris.csv', IRIS));
    await page.getByRole('button', { name: 'Upload' }).click();
    await expect(page.getByText('use 1 to 64')).toBeVisible();
    await expect(page.getByLabel('Name')).toHaveValue('Bad Name');

    await page.getByLabel('Name').fill('iris');
    await file.setInputFiles(csv('iris.csv', IRIS));
    await page.getByRole('button', { name: 'Upload' }).click();
    await expect(page).toHaveURL(`/${lab}/datasets/iris`);
    await ada.rest.read(dataset, 1);
    const rows = page.getByRole('region', { name: 'Rows' }).getByRole('row');
    if (!script) await page.reload();
    await expect(rows).toHaveCount(101);
    await expect(page.locator('.pager')).toContainText('1 – 100 of 150 rows');

    const half = IRIS.split('\n').slice(0, 76).join('\n');
    await page.getByRole('link', { name: /^Versions/ }).click();
    await file.setInputFiles(csv('half.csv', half));
    await page.getByRole('button', { name: 'Upload' }).click();
    await expect(page).toHaveURL(`/${lab}/datasets/iris`);
    await ada.rest.read(dataset, 2);
    expect((await ada.rest.get(dataset)).current).toBe(2);

    await page.goto(`/${lab}/datasets/iris?tab=versions`);
    const first = page.getByRole('listitem').filter({ hasText: 'Version 1' });
    await first.getByRole('button', { name: 'Make current' }).click();
    await expect(first.getByText('current', { exact: true })).toBeVisible();
    await expect.poll(async () => (await ada.rest.get(dataset)).current).toBe(1);
    await page.goto(`/${lab}/datasets/iris`);
    await expect(page.getByText('v1 · current')).toBeVisible();
    await expect(page.locator('.pager')).toContainText('1 – 100 of 150 rows');
  });

  test('a dataset without a name is called like its file', async ({ page, lab }) => {
    await page.goto(`/${lab}/upload`);
    await page.getByLabel(/Drop a file here/).setInputFiles(csv('Irises of 1936.v2.csv', IRIS));
    if (script) await expect(page.getByLabel('Name')).toHaveValue('irises-of-1936');
    await page.getByRole('button', { name: 'Upload' }).click();
    await expect(page).toHaveURL(`/${lab}/datasets/irises-of-1936`);
  });

  const bad: [string, string | Buffer, RegExp][] = [
    ['empty.csv', '', /empty/i],
    ['header.csv', 'a,b,c\n', /header|no rows/i],
    ['picture.csv', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]), /\w/],
  ];
  for (const [name, content, words] of bad) {
    test(`${name} is answered with words`, async ({ page, ada, lab }) => {
      await page.goto(`/${lab}/upload`);
      await page.getByLabel('Name').fill('odd');
      await page.getByLabel(/Drop a file here/).setInputFiles(csv(name, content));
      await page.getByRole('button', { name: 'Upload' }).click();
      const there = page.getByText(`${name}`).or(page.getByText('Nothing was uploaded'));
      await expect(there.first()).toBeVisible();
      if (new URL(page.url()).pathname.endsWith('/datasets/odd')) {
        await ada.rest.read(`projects/${lab}/datasets/odd`, 1);
        await page.reload();
      }
      const said = page.locator('.note.bad, .empty');
      await expect(said.first()).toContainText(words);
    });
  }

  test('the address of a table says how it is sorted, filtered, searched and paged', async ({
    page,
    ada,
    lab,
  }) => {
    await ada.rest.dataset(lab, 'people', people());
    const table = page.getByRole('region', { name: 'Rows' });
    const shown = async () =>
      (await table.locator('tbody tr').allInnerTexts()).map((row) => row.split(/\t/)[1]);
    const asked = async (query: string) => {
      const path = `projects/${lab}/datasets/people/versions/1/rows?limit=100&${query}`;
      const found = await ada.rest.get(path);
      return found.rows.map(([id]: [number]) => String(id));
    };
    await page.goto(`/${lab}/datasets/people`);
    expect(await shown()).toEqual(await asked(''));

    await page.getByRole('link', { name: 'Next page' }).click();
    await expect(page).toHaveURL(/\?offset=100$/);
    await expect(page.locator('.pager')).toContainText('101 – 200 of 250 rows');
    expect(await shown()).toEqual(await asked('offset=100'));

    await table.getByRole('link', { name: 'age' }).click();
    await expect(page).toHaveURL(/\?sort=age$/);
    await table.getByRole('link', { name: 'age' }).click();
    await expect(page).toHaveURL(/\?sort=-age$/);
    await expect(table.getByRole('columnheader', { name: /^age/ })).toHaveAttribute(
      'aria-sort',
      'descending',
    );
    expect(await shown()).toEqual(await asked('sort=-age'));

    await page.locator('summary', { hasText: 'Filter' }).click();
    await page.getByLabel('Column').selectOption('city');
    await page.getByLabel('Condition').selectOption('eq');
    await page.getByLabel('Value').fill('Cádiz');
    await page.getByRole('button', { name: 'Add the filter' }).click();
    await expect(page.getByText('is Cádiz')).toBeVisible();
    const cadiz = await asked(`sort=-age&where=${encodeURIComponent('city:eq:Cádiz')}`);
    expect(await shown()).toEqual(cadiz);
    expect(cadiz.length).toBeGreaterThan(30);

    await page.getByLabel('Find rows with a text').fill('person 1');
    await page.getByRole('button', { name: 'Find' }).click();
    await expect(page).toHaveURL(/q=person(\+|%20)1/);
    const both = `q=person+1&sort=-age&where=${encodeURIComponent('city:eq:Cádiz')}`;
    expect(await shown()).toEqual(await asked(both));

    await page.getByRole('link', { name: /^Remove the filter city/ }).click();
    await expect(page.getByText('is Cádiz')).toHaveCount(0);
    await page.getByRole('link', { name: 'All rows' }).click();
    await expect(page.locator('.pager')).toContainText('of 250 rows');

    await page.goto(`/${lab}/datasets/people?where=${encodeURIComponent('no:such:thing')}`);
    await expect(page.getByText('These rows cannot be shown')).toBeVisible();
  });
});
