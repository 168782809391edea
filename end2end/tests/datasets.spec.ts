import type { Page } from '@playwright/test';
import { IRIS, type Person, awake, expect, test, withAndWithoutScript } from '../fixtures';
import { WORKERS } from '../server';
import { circle, people } from '../tables';

const csv = (name: string, text: string | Buffer) => ({
  name,
  mimeType: 'text/csv',
  buffer: Buffer.from(text),
});

/** Starts a training that takes minutes for each worker, and waits until all are at work. */
async function allBusy({ rest }: Person, lab: string): Promise<void> {
  await rest.dataset(lab, 'points', circle(2_000));
  const params = { hidden: [64, 64], epochs: 10_000, early_stopping: 0, batch_size: 64 };
  const spec = { task: 'classification', target: 'place', algorithm: { kind: 'mlp', params } };
  await rest.post(`projects/${lab}/models`, { name: 'places', spec });
  for (let run = 1; run <= WORKERS; run += 1) {
    await rest.post(`projects/${lab}/models/places/train`, { dataset: 'points' });
  }
  for (let run = 1; run <= WORKERS; run += 1) {
    await rest.until(`projects/${lab}/runs/${run}`, (seen) => seen.status === 'running');
  }
}

/** Ends what `allBusy` began: whatever became of a test, it must not keep others waiting. */
async function allFree({ rest }: Person, lab: string): Promise<void> {
  const { items } = await rest.get(`projects/${lab}/runs`);
  for (const { run } of items) await rest.send('POST', `projects/${lab}/runs/${run}/cancel`);
  for (const { run } of items) await rest.ended(lab, run);
}

test('the page of a dataset that is being read turns to its table by itself', async ({
  page,
  ada,
  lab,
}) => {
  test.slow();
  try {
    // With a worker free, the file might be read before its page is there.
    await allBusy(ada, lab);
    await page.goto(`/${lab}/upload`);
    await page.getByLabel('Name').fill('iris');
    await page.getByLabel(/Drop a file here/).setInputFiles(csv('iris.csv', IRIS));
    await expect(page.getByText('iris.csv')).toBeVisible();
    await page.getByRole('button', { name: 'Upload' }).click();

    await expect(page).toHaveURL(`/${lab}/datasets/iris`);
    await expect(page.getByRole('heading', { name: 'Version 1 is being read' })).toBeVisible();
  } finally {
    await allFree(ada, lab);
  }
  const rows = page.getByRole('region', { name: 'Rows' }).getByRole('row');
  await expect(rows).toHaveCount(101, { timeout: 30_000 });
  await expect(page.getByText('v1 · current')).toBeVisible();
  await expect(page.getByText('is being read')).toHaveCount(0);
  const version = await ada.rest.get(`projects/${lab}/datasets/iris/versions/1`);
  expect([version.state, version.rows]).toEqual(['ready', 150]);
});

/** The page of a file that waits to be read, while its job is told to have been asked to stop. */
async function saysThatItIsCancelled(page: Page): Promise<void> {
  const [cancel, said] = [page.getByText('Cancel…'), page.locator('main').getByRole('status')];
  await page.route('**/fn/datasets/progress', async (route) => {
    const response = await route.fetch();
    const [state, job] = await response.json();
    await route.fulfill({ response, json: [state, { ...job, cancelling: true }] });
  });
  await expect(said).toHaveText('Cancelling…');
  await expect(cancel).toBeHidden();
  await page.unrouteAll({ behavior: 'wait' });
  await expect(cancel).toBeVisible();
  await expect(said).toHaveText('waits for a worker');
}

test('words that make a column text are told, and columns that are called otherwise', async ({
  page,
  ada,
  lab,
}) => {
  const rows = Array.from({ length: 400 }, (_, n) => `${n % 16 === 9 ? 'unknown' : n},${n},x`);
  await ada.rest.dataset(lab, 'prices', ['price,,price', ...rows].join('\n'));
  const said =
    '“price” is text although 94 % of its values are whole numbers: the others are “unknown” ' +
    '(25 cells), the first in row 10, line 11.';
  await page.goto(`/${lab}/datasets/prices?tab=profile`);
  await expect(page.getByRole('region', { name: 'Warnings' })).toContainText(said);
  await page.goto(`/${lab}/datasets/prices?tab=versions`);
  await page.getByText('What was recognised').click();
  const told = page.getByRole('listitem');
  await expect(told.getByText('Column 2 is called “column_2”: the file has no name')).toBeVisible();
  await expect(told.getByText('Column 3 is called “price_2”: column 1 is “price”')).toBeVisible();
  await expect(told.getByText(said)).toBeVisible();
});

withAndWithoutScript((script) => {
  test('the reading of a file is cancelled by who may edit, and says by whom', async ({
    page,
    ada,
    lab,
    browse,
    join,
  }) => {
    test.slow();
    try {
      await allBusy(ada, lab);
      const dataset = `projects/${lab}/datasets/iris`;
      await ada.rest.post(`projects/${lab}/datasets`, { name: 'iris' });
      const form = new FormData();
      form.set('file', new Blob([IRIS]), 'iris.csv');
      await ada.rest.post(`${dataset}/versions`, form);
      const reader = await browse({ javaScriptEnabled: script });
      const rae = await join(reader, 'rae');
      await ada.rest.post(`projects/${lab}/members`, { user: rae.name, role: 'read' });
      for (const seen of [page, reader]) {
        await seen.goto(`/${lab}/datasets/iris`);
        if (script) await awake(seen);
        await expect(seen.getByRole('heading', { name: 'Version 1 is being read' })).toBeVisible();
        const main = seen.locator('main');
        await expect(main.getByText('waits for a worker')).toBeVisible();
        await expect(main.getByText(/\d.* elapsed/)).toBeVisible();
      }
      await expect(reader.getByText('Cancel…')).toHaveCount(0);
      if (script) await saysThatItIsCancelled(page);

      await page.getByText('Cancel…').click();
      await page.getByRole('button', { name: 'Cancel the reading' }).click();
      await expect(page).toHaveURL(`/${lab}/datasets/iris`);
      const said = `Reading it was cancelled by ${ada.name}.`;
      await expect(page.locator('.note.plain')).toContainText(said);
      await expect(page.getByText('is being read')).toHaveCount(0);
      const version = await ada.rest.get(`${dataset}/versions/1`);
      expect([version.state, version.job]).toEqual(['failed', null]);
      if (!script) await reader.reload();
      await expect(reader.locator('.note.plain')).toContainText(said);
      await expect(page.getByLabel(/Drop a file here/)).toHaveCount(1);
      await expect(reader.getByLabel(/Drop a file here/)).toHaveCount(0);
    } finally {
      await allFree(ada, lab);
    }
  });
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
    if (script) await expect(page.getByText('v2 · current')).toBeVisible();

    await page.goto(`/${lab}/datasets/iris?tab=versions`);
    const first = page.getByRole('listitem').filter({ hasText: 'Version 1' });
    await first.getByRole('button', { name: 'Make current' }).click();
    await expect(first.getByText('current', { exact: true })).toBeVisible();
    await expect.poll(async () => (await ada.rest.get(dataset)).current).toBe(1);
    await page.goto(`/${lab}/datasets/iris`);
    await expect(page.getByText('v1 · current')).toBeVisible();
    await expect(page.locator('.pager')).toContainText('1 – 100 of 150 rows');
  });

  test('a name that a dataset cannot have is told beside it, and what was typed stays', async ({
    page,
    ada,
    lab,
  }) => {
    await ada.rest.dataset(lab, 'taken', IRIS);
    const name = page.getByLabel('Name');
    const file = page.getByLabel(/Drop a file here/);
    const upload = page.getByRole('button', { name: 'Upload' });
    const again = page.getByText('choose the file once more');
    await page.goto(`/${lab}/upload`);
    if (script) await awake(page);
    await expect(again).toHaveCount(0);
    await file.setInputFiles(csv('flowers.csv', IRIS));
    for (const [typed, words] of [
      ['taken', /dataset of this name: “taken”/],
      ['Bad Name', /use 1 to 64/],
    ] as const) {
      await name.fill(typed);
      await upload.click();
      await expect(page.getByRole('alert').filter({ hasText: words })).toBeVisible();
      await expect(name).toHaveAttribute('aria-invalid', 'true');
      await expect(name).toHaveAccessibleDescription(words);
      await expect(name).toHaveValue(typed);
      if (script) {
        // Sent in the background: the page stays, and the file with it.
        await expect(name).toBeFocused();
        await expect(page.getByText('The file is still chosen.')).toBeVisible();
      } else {
        await expect(again).toBeVisible();
        await file.setInputFiles(csv('flowers.csv', IRIS));
      }
    }
    expect((await ada.rest.get(`projects/${lab}/datasets`)).total).toBe(1);

    await name.fill('flowers');
    await upload.click();
    await expect(page).toHaveURL(`/${lab}/datasets/flowers`);
    const read = await ada.rest.read(`projects/${lab}/datasets/flowers`, 1);
    expect([read.original_name, read.rows]).toEqual(['flowers.csv', 150]);
  });

  test('an upload that failed is seen by who can mend it, and by nobody else', async ({
    page,
    ada,
    lab,
    browse,
  }) => {
    await ada.rest.patch(`projects/${lab}`, { visibility: 'public' });
    await ada.rest.dataset(lab, 'flowers', IRIS);
    const failed = await ada.rest.dataset(lab, 'never', 'a,b\n');
    expect(failed.state).toBe('failed');
    const visitor = await browse({ javaScriptEnabled: script });
    const links = (page: Page) => page.locator('tbody').getByRole('link');
    const places = [`/${lab}/datasets`, `/explore?q=${lab}`, `/${lab}/datasets?q=e`];
    for (const place of places) {
      await page.goto(place);
      await expect(links(page).filter({ hasText: 'never' })).toBeVisible();
      await visitor.goto(place);
      await expect(links(visitor).filter({ hasText: 'flowers' })).toBeVisible();
      await expect(links(visitor).filter({ hasText: 'never' })).toHaveCount(0);
    }
    await expect(visitor.locator('.pager')).toHaveText('1 dataset');

    // Its reason, another upload, and its end: all on its page.
    await page.goto(`/${lab}/datasets/never?tab=settings`);
    await expect(page.getByRole('button', { name: 'Delete the dataset' })).toBeVisible();
    await page.goto(`/${lab}/datasets/never?tab=versions`);
    await expect(page.locator('.note.bad')).toContainText('no rows below it');
    await page.getByLabel(/Drop a file here/).setInputFiles(csv('iris.csv', IRIS));
    await page.getByRole('button', { name: 'Upload' }).click();
    await expect(page).toHaveURL(`/${lab}/datasets/never`);
    await ada.rest.read(`projects/${lab}/datasets/never`, 2);
    await visitor.goto(`/${lab}/datasets`);
    await expect(visitor.locator('.pager')).toHaveText('2 datasets');
  });

  test('the page after a deletion says what was deleted, once', async ({ page, ada, lab }) => {
    await ada.rest.post(`projects/${lab}/datasets`, { name: 'old.people' });
    const spec = { task: 'classification', target: 'a', algorithm: { kind: 'baseline' } };
    await ada.rest.post(`projects/${lab}/models`, { name: 'old-model', spec });
    for (const [what, name, settings] of [
      ['dataset', 'old.people', `/${lab}/datasets/old.people?tab=settings`],
      ['model', 'old-model', `/${lab}/models/old-model?tab=settings`],
    ] as const) {
      await page.goto(settings);
      await page.getByLabel(`Type ${name} to confirm`).fill(name);
      await page.getByRole('button', { name: `Delete the ${what}` }).click();
      await expect(page).toHaveURL(`/${lab}/${what}s`);
      const said = page.getByRole('status').filter({ hasText: `${name} was deleted.` });
      await expect(said).toBeVisible();
      await page.reload();
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      await expect(said).toHaveCount(0);
    }
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

  test('a row by itself has an address, and links to the rows beside it', async ({
    page,
    ada,
    lab,
  }) => {
    await ada.rest.dataset(lab, 'people', people());
    const rows = `projects/${lab}/datasets/people/versions/1/rows`;
    const row = (place: number) => page.getByRole('region', { name: `Place ${place}`, exact: true });
    const link = (name: string) => page.getByRole('link', { name, exact: true });
    await page.goto(`/${lab}/datasets/people?sort=-age`);
    await link('Place 99').click();
    await expect(page).toHaveURL(`/${lab}/datasets/people?sort=-age&row=99#row`);
    await expect(row(99)).toBeInViewport();
    for (const place of [99, 100, 101]) {
      const [[id, name, city, age]] = (
        await ada.rest.get(`${rows}?sort=-age&offset=${place - 1}&limit=1`)
      ).rows;
      await expect(row(place).locator('dd')).toHaveText([String(id), name, city, String(age)]);
      await expect(row(place).locator('dt')).toHaveText([
        /^id\s*integer$/,
        /^name\s*text$/,
        /^city\s*text$/,
        /^age\s*integer$/,
      ]);
      await expect(page.locator('tbody tr[aria-current]').getByRole('link')).toHaveText(`${place}`);
      if (place < 101) await link('Next row').click();
    }
    await expect(page).toHaveURL(`/${lab}/datasets/people?sort=-age&offset=100&row=101#row`);
    await link('Previous row').click();
    await expect(page).toHaveURL(`/${lab}/datasets/people?sort=-age&row=100#row`);
    await link('Close the row').click();
    await expect(page).toHaveURL(`/${lab}/datasets/people?sort=-age#row-100`);
    await expect(row(100)).toHaveCount(0);
    await expect(link('Place 100')).toBeFocused();

    // Missing values come last.
    await page.goto(`/${lab}/datasets/people?sort=-age&row=250`);
    await expect(row(250).locator('dd').last()).toHaveText('missing');
    await expect(link('Next row')).toHaveAttribute('aria-disabled', 'true');
    await page.goto(`/${lab}/datasets/people?sort=-age&row=251`);
    await expect(page.getByText('the rows have the places 1 to 250')).toBeVisible();
  });

  test('a row tells what is missing from what is empty, and folds a long text', async ({
    page,
    ada,
    lab,
  }) => {
    const long = 'a remark that goes on and on. '.repeat(12).trim();
    const text = `id,remark,weight\n1,"",2.25\n2,,0.12345678901\n3,"${long}",4\n`;
    await ada.rest.dataset(lab, 'notes', text);
    const values = page.locator('.one-row dd');
    await page.goto(`/${lab}/datasets/notes?row=1`);
    await expect(values).toHaveText(['1', /empty text/, '2.25']);
    await page.goto(`/${lab}/datasets/notes?row=2`);
    await expect(values).toHaveText(['2', 'missing', '0.12345678901']);
    await page.goto(`/${lab}/datasets/notes?row=3`);
    const whole = page.locator('.one-row').getByText(long);
    await expect(whole).toBeHidden();
    await values.nth(1).locator('summary').click();
    await expect(whole).toBeVisible();
  });
});

test('the heads of a table show the values of its columns at a glance', async ({ page, ada, lab }) => {
  await ada.rest.dataset(lab, 'people', people());
  const { columns } = await ada.rest.get(`projects/${lab}/datasets/people/versions/1/profile`);
  const column = (name: string) => columns.find((column: { name: string }) => column.name === name);
  await page.goto(`/${lab}/datasets/people`);
  const head = (name: string) => page.getByRole('columnheader', { name: new RegExp(`^${name}`) });
  const { counts } = column('age').histogram;
  expect(counts.length).toBeGreaterThan(5);
  const bars = head('age').locator('svg rect');
  const told = (await bars.locator('title').allTextContents()).map((t) => t.split(': ')[1]);
  expect(told).toEqual(counts.map((count: number) => `${count} rows`));
  const heights = await bars.evaluateAll((all) => all.map((bar) => Number(bar.getAttribute('height'))));
  const most = Math.max(...counts);
  for (const [i, count] of counts.entries()) {
    expect(heights[i]! / Math.max(...heights)).toBeCloseTo(count / most, 1);
  }
  const missing = Number(((column('age').missing / 250) * 100).toFixed(1));
  await expect(head('age')).toContainText(new RegExp(`${missing}\\s*% missing`));
  const top = column('city').top.slice(0, 3).map(({ value }: { value: string }) => value);
  await expect(head('city').locator('.meter > :first-child')).toHaveText(top);
});
