import { IRIS, PASSWORD, expect, test, unique, withAndWithoutScript } from '../fixtures';
import { Rest } from '../rest';

withAndWithoutScript((script) => {
  test('from nothing to a model that predicts for everybody', async ({ page, browse, baseURL }) => {
    const name = unique('eve');
    const project = `${name}/flowers`;
    const press = (button: string) => page.getByRole('button', { name: button, exact: true }).click();
    await page.goto('/');
    await page.locator('main').getByRole('link', { name: 'Make an account' }).first().click();
    await page.getByLabel('E-mail').fill(`${name}@example.org`);
    await page.getByLabel('Username').fill(name);
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await press('Make the account');
    await expect(page).toHaveURL('/dashboard');
    const tokens = await page.request.post('/api/v1/tokens', {
      data: { name: 'test', scopes: ['read'] },
    });
    const rest = new Rest(baseURL!, (await tokens.json()).token);

    await page.locator('main').getByRole('link', { name: 'New project' }).first().click();
    await page.getByLabel('Name', { exact: true }).fill('flowers');
    await press('Make the project');
    await expect(page).toHaveURL(`/${project}`);
    await page.locator('main').getByRole('link', { name: 'Upload data' }).first().click();
    const file = { name: 'iris.csv', mimeType: 'text/csv', buffer: Buffer.from(IRIS) };
    await page.getByLabel(/Drop a file here/).setInputFiles(file);
    await press('Upload');
    await expect(page).toHaveURL(`/${project}/datasets/iris`);
    const version = await rest.read(`projects/${project}/datasets/iris`, 1);
    expect([version.state, version.rows]).toEqual(['ready', 150]);
    if (!script) await page.reload();
    await expect(page.locator('.pager')).toContainText('of 150 rows');

    await page.getByRole('link', { name: 'Train a model' }).click();
    await expect(page.getByLabel('Column', { exact: true })).toHaveValue('species');
    await page.getByLabel('Name', { exact: true }).fill('species');
    await page.getByLabel('Trees').fill('20');
    await press('Train');
    await expect(page).toHaveURL(`/${project}/runs/1`);
    const run = await rest.ended(project, 1);
    expect([run.status, run.model]).toEqual(['finished', { name: 'species', version: 1 }]);
    if (!script) await page.reload();
    await expect(page.getByRole('heading', { name: 'Evaluation' })).toBeVisible({ timeout: 20_000 });
    const model = `projects/${project}/models/species`;
    const measured = await rest.get(`${model}/versions/1/evaluation`);
    const accuracy = page.locator('.stat').filter({ hasText: 'accuracy' });
    await expect(accuracy.locator('.v')).toHaveText(measured.metrics.accuracy.toFixed(4));

    const stranger = await browse({ javaScriptEnabled: script });
    expect((await stranger.goto(`/${project}/models/species`))!.status()).toBe(404);
    await page.getByRole('link', { name: 'species v1' }).click();
    await page.getByRole('radio', { name: /^Public/ }).check();
    await press('Change the visibility');
    await expect(page.getByText('The visibility has been changed.')).toBeVisible();
    expect((await rest.get(model)).visibility).toBe('public');

    expect((await stranger.goto(`/${project}/models/species`))!.status()).toBe(200);
    const flower = { sepal_length: 6.5, sepal_width: 3, petal_length: 5.8, petal_width: 2.2 };
    for (const [column, value] of Object.entries(flower)) {
      await stranger.getByLabel(column).fill(String(value));
    }
    await stranger.getByRole('button', { name: 'Predict' }).click();
    const asked = await new Rest(baseURL!).post(`${model}/versions/1/predict`, { rows: [flower] });
    expect(asked.predictions[0].value).toBe('virginica');
    await expect(stranger.locator('.answer .big')).toHaveText('virginica');
  });
});
