import { IRIS, type Person, expect, test, withAndWithoutScript } from '../fixtures';
import { spec } from '../rest';

/** Irises with more columns than the first page asks for: the others say nothing. */
function wide(): string {
  const [head, ...rows] = IRIS.trim().split('\n');
  const more = [1, 2, 3, 4];
  const dull = (row: number) => more.map((n) => ((row * 7919 * n) % 101) + n / 10).join(',');
  const names = more.map((n) => `dull_${n}`).join(',');
  return [`${names},${head}`, ...rows.map((line, row) => `${dull(row)},${line}`)].join('\n');
}

/** A public model of a table with eight columns; its address. */
async function published(ada: Person): Promise<string> {
  const lab = `${ada.name}/flowers`;
  await ada.rest.post('projects', { name: 'flowers', visibility: 'public' });
  await ada.rest.dataset(lab, 'iris', wide());
  const params = { trees: 20, min_leaf_rows: 5 };
  const boosting = spec('classification', 'species', 'lightgbm', params);
  await ada.rest.post(`projects/${lab}/models`, { name: 'species', spec: boosting });
  await ada.rest.train(lab, 'species', 'iris');
  return `${lab}/models/species`;
}

withAndWithoutScript((script) => {
  test('a stranger tries the newest public model on the first page', async ({ browse, ada }) => {
    const model = await published(ada);
    const page = await browse({ javaScriptEnabled: script });
    const card = page.locator('#try');
    const name = card.getByRole('link', { name: 'species', exact: true });
    // Others publish models meanwhile: the newest one is asked for.
    await expect(async () => {
      await ada.rest.patch(`projects/${model}`, { description: `Irises, ${Date.now()}.` });
      await page.goto('/');
      await expect(name).toHaveAttribute('href', `/${model}`, { timeout: 100 });
    }).toPass();
    await expect(card.getByRole('textbox')).toHaveCount(6);
    await expect(card.getByLabel('petal_length')).toBeVisible();
    await expect(card.getByText('2 other columns keep the value that is usual.')).toBeVisible();

    const signature = (await ada.rest.get(`projects/${model}/versions/1`)).signature;
    const row = Object.fromEntries(
      signature.inputs.map((input: { name: string; example: unknown }) => [input.name, input.example]),
    );
    for (const [length, width] of [
      [1.4, 0.2],
      [6, 2.2],
    ]) {
      const asked = { ...row, petal_length: length, petal_width: width };
      const said = await ada.rest.post(`projects/${model}/versions/1/predict`, { rows: [asked] });
      await card.getByLabel('petal_length').fill(String(length));
      await card.getByLabel('petal_width').fill(String(width));
      await card.getByRole('button', { name: 'Predict' }).click();
      await expect(card.locator('.answer .big')).toHaveText(said.predictions[0].value);
      await expect(card.getByLabel('petal_length')).toHaveValue(String(length));
      await expect(name).toHaveAttribute('href', `/${model}`);
    }

    await card.getByLabel('petal_length').fill('long');
    await card.getByRole('button', { name: 'Predict' }).click();
    await expect(card.getByLabel('petal_length')).toHaveAttribute('aria-invalid', 'true');
    await expect(card.getByLabel('petal_length')).toHaveValue('long');

    await card.getByRole('link', { name: 'The whole form' }).click();
    await expect(page).toHaveURL(`/${model}#try`);
    await expect(page.locator('#try').getByRole('textbox')).toHaveCount(8);
  });
});

test('the first page brings no wasm, whatever can be tried on it', async ({ browse, ada }) => {
  await published(ada);
  const page = await browse();
  const fetched: string[] = [];
  page.on('request', (request) => fetched.push(request.url()));
  await page.goto('/', { waitUntil: 'networkidle' });
  await expect(page.locator('#try').getByRole('button', { name: 'Predict' })).toBeVisible();
  expect(fetched.filter((address) => address.includes('.wasm'))).toEqual([]);
});
