import { violations } from '../axe';
import { IRIS, type Person, expect, test, withAndWithoutScript } from '../fixtures';
import { spec } from '../rest';
import { sql } from '../server';

/** What the wizard would choose, with fewer trees. */
const SPEC = spec('classification', 'species', 'lightgbm', { trees: 20, min_leaf_rows: 5 });

/** A trained model `species` of irises, and its project. */
async function species(ada: Person, lab: string): Promise<string> {
  await ada.rest.dataset(lab, 'iris', IRIS);
  await ada.rest.post(`projects/${lab}/models`, { name: 'species', spec: SPEC });
  const run = await ada.rest.train(lab, 'species', 'iris');
  expect(run.model).toEqual({ name: 'species', version: 1 });
  return `projects/${lab}/models/species`;
}

withAndWithoutScript((script) => {
  test('the wizard proposes a model, and its training ends with the evaluation', async ({
    page,
    ada,
    lab,
  }) => {
    await ada.rest.dataset(lab, 'iris', IRIS);
    await page.goto(`/${lab}/datasets/iris`);
    await page.getByRole('link', { name: 'Train a model' }).click();
    await expect(page.getByLabel('Column', { exact: true })).toHaveValue('species');
    await expect(page.getByLabel('Kind of prediction')).toHaveValue('classification');
    await expect(page.getByRole('checkbox', { name: /^petal_width/ })).toBeChecked();

    const folded = page.getByLabel('Depth', { exact: true });
    await page.getByText('More settings').click();
    await page.getByLabel('Name', { exact: true }).fill('Not A Name');
    await page.getByLabel('Trees').fill('0');
    await page.getByLabel('Seed').fill('any');
    await folded.fill('65');
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    for (const [field, typed, wrong] of [
      [page.getByLabel('Name', { exact: true }), 'Not A Name', /use 1 to 64/],
      [page.getByLabel('Trees'), '0', /use a whole number from 1 to 10 000/],
      [page.getByLabel('Seed'), 'any', /use a whole number from 0/],
      [folded, '65', /use a whole number from -1 to 64/],
    ] as const) {
      await expect(field).toHaveAccessibleDescription(wrong);
      await expect(field).toHaveValue(typed);
      await expect(field).toBeVisible();
    }

    await folded.fill('-1');
    await page.getByLabel('Trees').fill('25');
    await page.getByLabel('Seed').fill('42');
    await page.getByLabel('Name', { exact: true }).fill('species');
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    await expect(page).toHaveURL(`/${lab}/runs/1`);
    const evaluation = page.getByRole('heading', { name: 'Evaluation' });
    if (script) {
      await expect(evaluation).toBeVisible({ timeout: 30_000 });
    } else {
      await ada.rest.ended(lab, 1);
      await page.reload();
    }
    await expect(page.getByText('finished', { exact: true })).toBeVisible();

    const model = `projects/${lab}/models/species/versions/1`;
    const measured = await ada.rest.get(`${model}/evaluation`);
    const accuracy = page.locator('.stat').filter({ hasText: 'accuracy' });
    await expect(accuracy.locator('.v')).toHaveText(measured.metrics.accuracy.toFixed(4));
    const cells = page.getByRole('region', { name: 'Confusion matrix' }).locator('td.heat b');
    const counts = measured.confusion.counts.flat().map(String);
    await expect(cells).toHaveText(counts);
    await expect(page.getByRole('figure', { name: /^ROC curve, area: / })).toBeVisible();
    expect(measured.metrics.accuracy).toBeGreaterThan(0.8);
    const run = await ada.rest.get(`projects/${lab}/runs/1`);
    expect([run.status, run.params.trees]).toEqual(['finished', 25]);
  });

  test('a column with one value only is not proposed, nor when a model is trained again', async ({
    page,
    ada,
    lab,
  }) => {
    const port = (line: string, row: number) => `${line},${row === 0 ? 'port' : 'S'}`;
    await ada.rest.dataset(lab, 'iris', IRIS.trim().split('\n').map(port).join('\n'));
    await ada.rest.post(`projects/${lab}/models`, { name: 'species', spec: SPEC });
    for (const query of ['dataset=iris', 'model=species']) {
      await page.goto(`/${lab}/train?${query}`);
      await expect(page.getByRole('checkbox', { name: /^petal_width/ })).toBeChecked();
      const constant = page.getByRole('checkbox', { name: /^port.*One value only/ });
      await expect(constant).not.toBeChecked();
    }
  });

  test('many columns with long names are ticked at once, and none runs into another', async ({
    page,
    ada,
    lab,
  }) => {
    const names = Array.from({ length: 40 }, (_, n) => `measured_at_the_very_end_of_the_week_${n}`);
    const cells = (row: number) => names.map((_, n) => (row * (n + 3)) % 17);
    const line = (row: number) => [row % 2 ? 'yes' : 'no', ...cells(row)].join(',');
    const rows = Array.from({ length: 30 }, (_, row) => line(row));
    await ada.rest.dataset(lab, 'wide', [['label', ...names].join(','), ...rows].join('\n'));
    await page.goto(`/${lab}/train?dataset=wide&target=label`);
    const spilt = await page.locator('.checks').evaluate((list) => {
      const spills = (label: Element) => {
        const [cell, inner] = [label.parentElement, label.querySelector('span')];
        return inner!.getBoundingClientRect().right > cell!.getBoundingClientRect().right + 1;
      };
      return [...list.querySelectorAll('label')].filter(spills).length;
    });
    expect(spilt).toBe(0);
    const width = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(width).toBeLessThanOrEqual(0);
    const card = page.locator('.card', { has: page.locator('.checks') });
    const ticked = card.locator('input:checked');
    if (script) {
      await card.getByRole('button', { name: 'None', exact: true }).click();
      await expect(ticked).toHaveCount(0);
      await card.getByRole('button', { name: 'All', exact: true }).click();
      await expect(ticked).toHaveCount(names.length);
    } else {
      await expect(card.getByRole('button', { name: 'None', exact: true })).toBeHidden();
    }
  });

  test('a choice keeps what was typed, as far as it fits', async ({ page, ada, lab }) => {
    await ada.rest.dataset(lab, 'iris', IRIS);
    await page.goto(`/${lab}/train?dataset=iris`);
    const column = page.getByLabel('Column', { exact: true });
    const feature = (name: string) => page.getByRole('checkbox', { name: new RegExp(`^${name}`) });
    const choose = async (button: number) => {
      if (!script) await page.getByRole('button', { name: 'Choose' }).nth(button).click();
    };
    await page.getByLabel('Name', { exact: true }).fill('mine');
    await page.getByLabel('Seed').fill('7');
    await page.getByLabel('Kept aside to measure').fill('30');
    await page.getByLabel('Fit again on all rows').uncheck();
    await page.getByLabel('Trees').fill('25');
    await feature('sepal_width').uncheck();

    await page.getByRole('radio', { name: /^Neural network/ }).click();
    await choose(3);
    await expect(page.getByText('Settings of Neural network')).toBeVisible();
    await column.selectOption('petal_length');
    await choose(1);
    await expect(page.getByLabel('Kind of prediction')).toHaveValue('regression');
    await expect(feature('sepal_width')).not.toBeChecked();
    await expect(feature('species')).toBeChecked();
    await expect(feature('petal_length')).toHaveCount(0);
    await page.getByRole('radio', { name: /^Gradient boosting/ }).click();
    await choose(3);
    await expect(page.getByLabel('Trees')).toHaveValue('25');
    await expect(page.getByLabel('Name', { exact: true })).toHaveValue('mine');
    await expect(page.getByLabel('Seed')).toHaveValue('7');
    await expect(page.getByLabel('Kept aside to measure')).toHaveValue('30');
    await expect(page.getByLabel('Fit again on all rows')).not.toBeChecked();
    if (script) expect(page.url()).toContain('target=petal_length');

    await page.getByLabel('Seed').press('Enter');
    await expect(page).toHaveURL(`/${lab}/runs/1`);
    const run = await ada.rest.ended(lab, 1);
    expect([run.spec.seed, run.params.trees]).toEqual([7, 25]);
    expect(run.spec.validation).toEqual({ holdout: 0.3, refit: false });
    expect(run.spec.features).toEqual(['sepal_length', 'petal_width', 'species']);
  });

  test('another version is chosen, and what fits it stays', async ({ page, ada, lab }) => {
    await ada.rest.dataset(lab, 'iris', IRIS);
    const [head, ...flowers] = IRIS.trim().split('\n');
    const wider = flowers.map((flower, row) => `${row % 9},${flower}`);
    await ada.rest.upload(`projects/${lab}/datasets/iris`, [`bees,${head}`, ...wider].join('\n'));
    await page.goto(`/${lab}/train?dataset=iris&version=1`);
    const version = page.getByLabel('Version', { exact: true });
    const feature = (name: string) => page.getByRole('checkbox', { name: new RegExp(`^${name}`) });
    const choose = async () => {
      if (!script) await page.getByRole('button', { name: 'Choose' }).first().click();
    };
    await expect(version).toHaveValue('1');
    await expect(version.getByRole('option')).toHaveText([
      /^v2, current · 150 rows × 6 columns · \d+ \w+ \d{4}$/,
      /^v1 · 150 rows × 5 columns · /,
    ]);
    await expect(feature('bees')).toHaveCount(0);
    await feature('sepal_width').uncheck();
    await page.getByLabel('Trees').fill('5');
    await version.selectOption('2');
    await choose();
    await expect(feature('bees')).toBeChecked();
    await expect(feature('sepal_width')).not.toBeChecked();
    await expect(version).toHaveValue('2');
    if (script) {
      expect(page.url()).not.toContain('version=');
      expect(await violations(page)).toEqual([]);
    }
    await version.selectOption('1');
    await choose();
    await expect(feature('bees')).toHaveCount(0);
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    await expect(page).toHaveURL(`/${lab}/runs/1`);
    const run = await ada.rest.ended(lab, 1);
    expect([run.dataset.version, run.params.trees]).toEqual([1, 5]);
    expect(run.spec.features).toEqual(['sepal_length', 'petal_length', 'petal_width']);
  });

  test('training again makes v2, and the champion moves back to v1', async ({
    page,
    ada,
    lab,
  }) => {
    const model = await species(ada, lab);
    await page.goto(`/${lab}/models/species`);
    await page.getByRole('link', { name: 'Train a new version' }).click();
    await expect(page.getByLabel('Name', { exact: true })).toHaveCount(0);
    await expect(page.getByLabel('Trees')).toHaveValue('20');
    await page.getByLabel('Trees').fill('30');
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    await expect(page).toHaveURL(`/${lab}/runs/2`);
    const run = await ada.rest.ended(lab, 2);
    expect([run.params.trees, run.params.min_leaf_rows]).toEqual([30, 5]);
    expect(run.model).toEqual({ name: 'species', version: 2 });
    expect((await ada.rest.get(model)).spec.algorithm.params.trees).toBe(30);
    // With script the page turns by itself; leaving it in that moment would break off one of the two.
    if (script) await expect(page.getByRole('heading', { name: 'Evaluation' })).toBeVisible();

    await page.goto(`/${lab}/models/species`);
    const versions = page.locator('#versions');
    const row = (name: string) =>
      versions.locator('.item', { has: page.getByRole('link', { name, exact: true }) });
    const champion = (name: string) => row(name).getByText('champion', { exact: true });
    await row('v2').getByRole('button', { name: 'Make champion' }).click();
    await expect(champion('v2')).toBeVisible();
    await row('v1').getByRole('button', { name: 'Make champion' }).click();
    await expect(champion('v1')).toBeVisible();
    await expect(champion('v2')).toHaveCount(0);
    expect((await ada.rest.get(`${model}/versions/champion`)).version).toBe(1);
    await page.goto(`/${lab}/models/species`);
    await expect(page.getByText('v1 champion').first()).toBeVisible();
    await expect(versions).toContainText('Where no version is named, the champion is shown: v1.');

    const remove = page.getByRole('button', { name: 'Remove “champion”' });
    await expect(remove).toBeHidden();
    await row('v1').getByText('Remove champion…').click();
    await expect(row('v1')).toContainText('find nothing from then on (404). v1 stays.');
    if (script) expect(await violations(page)).toEqual([]);
    await remove.click();
    await expect(versions).toContainText('No version is the champion');
    await expect(champion('v1')).toHaveCount(0);
    expect(await ada.rest.status('GET', `${model}/versions/champion`)).toBe(404);
    await page.goto(`/${lab}/models/species`);
    await expect(page.locator('main .title').getByText('v2', { exact: true })).toBeVisible();
  });

  test('a public model predicts for everybody, as REST does', async ({
    ada,
    lab,
    browse,
    rest,
  }) => {
    const model = await species(ada, lab);
    const visitor = await browse({ javaScriptEnabled: script });
    expect((await visitor.goto(`/${lab}/models/species`))!.status()).toBe(404);
    await ada.rest.patch(model, { visibility: 'public' });
    expect((await visitor.goto(`/${lab}/models/species`))!.status()).toBe(200);

    const flowers = [
      { sepal_length: 5, sepal_width: 3.4, petal_length: 1.5, petal_width: 0.2 },
      { sepal_length: 6.5, sepal_width: 3, petal_length: 5.8, petal_width: 2.2 },
    ];
    const { predictions } = await rest.post(`${model}/versions/1/predict`, { rows: flowers });
    expect(predictions.map((p: { value: string }) => p.value)).toEqual(['setosa', 'virginica']);
    for (const [i, flower] of flowers.entries()) {
      for (const [name, value] of Object.entries(flower)) {
        await visitor.getByLabel(name).fill(String(value));
      }
      await visitor.getByRole('button', { name: 'Predict' }).click();
      await expect(visitor.locator('.answer .big')).toHaveText(predictions[i].value);
      await expect(visitor.locator('.answer .big')).toBeInViewport();
      await expect(visitor.getByLabel('petal_length')).toHaveValue(String(flower.petal_length));
    }

    await visitor.getByLabel('petal_length').fill('long');
    await visitor.getByRole('button', { name: 'Predict' }).click();
    await expect(visitor.getByLabel('petal_length')).toHaveAttribute('aria-invalid', 'true');
    await expect(visitor.getByLabel('petal_length')).toHaveValue('long');
  });

  test('an answer says what no training row had', async ({ page, ada, lab }) => {
    await species(ada, lab);
    await page.goto(`/${lab}/models/species`);
    const predict = page.getByRole('button', { name: 'Predict' });
    const notes = page.locator('.answer li');
    await predict.click();
    await expect(page.locator('.answer .big')).toBeVisible();
    await expect(notes).toHaveCount(0);

    await page.getByLabel('petal_length').fill('400');
    await page.getByLabel('sepal_width').fill('');
    await predict.click();
    await expect(notes).toHaveText([
      '“petal_length” 400 is outside 1 – 6.9, the range of the training rows.',
      '“sepal_width” left empty: treated as missing, though every training row has a value.',
    ]);
    await expect(page.getByLabel('petal_length')).toHaveValue('400');
    await expect(page.getByLabel('sepal_width')).toHaveValue('');
    if (script) expect(await violations(page)).toEqual([]);
  });

  test('the first mistake of a form has the focus, and is said until it is corrected', async ({
    page,
    ada,
    lab,
  }) => {
    await ada.rest.dataset(lab, 'iris', IRIS);
    const train = page.getByRole('button', { name: 'Train', exact: true });
    await page.goto(`/${lab}/train?dataset=iris`);
    if (script) await page.locator('html[data-enhanced]').waitFor({ state: 'attached' });
    const trees = page.getByLabel('Trees', { exact: true });
    await trees.fill('0');
    await train.click();
    await expect(trees).toHaveAttribute('aria-invalid', 'true');
    await expect(trees).toBeFocused();
    await expect(trees).toBeInViewport();
    const error = page.locator('.error').filter({ hasText: 'use a whole number' });
    await expect(error).toBeVisible();
    await trees.fill('20');
    await expect(error).toBeVisible({ visible: !script });

    for (const box of await page.locator('[name="features[]"]').all()) await box.uncheck();
    await train.click();
    await expect(page.getByText(/choose at least one column/i)).toBeInViewport();
    await expect(page.locator('[name="features[]"]').first()).toBeFocused();
    expect((await ada.rest.get(`projects/${lab}/models`)).total).toBe(0);
  });

  test('a model whose training failed says why, and leads to the next one', async ({
    page,
    ada,
    lab,
    browse,
  }) => {
    const few = IRIS.split('\n').slice(0, 6).join('\n');
    await ada.rest.dataset(lab, 'few', few);
    const model = `projects/${lab}/models/species`;
    await ada.rest.post(`projects/${lab}/models`, { name: 'species', spec: SPEC });
    const main = page.locator('main');
    await page.goto(`/${lab}/models/species`);
    await expect(main.getByRole('heading', { name: 'Not trained yet' })).toBeVisible();

    const run = await ada.rest.train(lab, 'species', 'few');
    expect([run.status, run.model]).toEqual(['failed', null]);
    await page.goto(`/${lab}/models/species`);
    await expect(main.getByRole('heading', { name: 'The training failed' })).toBeVisible();
    await expect(main).toContainText(run.error.message, { ignoreCase: true });
    await expect(main).toContainText(run.error.hint);
    await expect(main.getByRole('link', { name: 'See run 1' })).toHaveAttribute(
      'href',
      `/${lab}/runs/1`,
    );
    if (script) expect(await violations(page)).toEqual([]);
    await main.getByRole('link', { name: 'Change and train again' }).click();
    await expect(page).toHaveURL(`/${lab}/train?run=1`);
    await expect(page.locator('main')).toContainText('as the next version of species');

    await ada.rest.patch(model, { visibility: 'public' });
    const visitor = await browse({ javaScriptEnabled: script });
    await visitor.goto(`/${lab}/models/species`);
    await expect(visitor.getByRole('heading', { name: 'Not trained yet' })).toBeVisible();
    await expect(visitor.locator('main a[href*="/runs"]')).toHaveCount(0);
  });

  test('a card is written in Markdown', async ({ page, ada, lab }) => {
    const model = await species(ada, lab);
    await page.goto(`/${lab}/models/species`);
    const field = page.getByLabel('Card', { exact: true });
    await expect(field).toHaveAccessibleDescription(/Markdown works/);
    const card = [
      '# Which iris',
      '',
      '## Limits',
      '- *three* species',
      '- **150** flowers',
      '',
      '| species | flowers |',
      '| --- | ---: |',
      '| setosa | 50 |',
      '',
      'See [the paper](https://example.org/iris) and `petal_length`.',
      '',
      '[bad](javascript:alert(1)) <img src=x onerror="alert(1)"><script>alert(1)</script>',
      '',
      '![a picture](https://example.org/iris.png)',
    ].join('\n');
    await field.fill(card);
    page.on('dialog', (dialog) => {
      throw new Error(`a card says ${dialog.message()}`);
    });
    await page
      .locator('form', { has: field })
      .getByRole('button', { name: 'Save' })
      .click();
    await expect.poll(async () => (await ada.rest.get(model)).card).toContain('Which iris');
    await page.goto(`/${lab}/models/species`);
    const prose = page.locator('.prose');
    await expect(prose.getByRole('heading', { name: 'Which iris', level: 3 })).toBeVisible();
    await expect(prose.getByRole('heading', { name: 'Limits', level: 4 })).toBeVisible();
    await expect(prose.getByRole('listitem')).toHaveText(['three species', '150 flowers']);
    await expect(prose.getByRole('cell')).toHaveText(['setosa', '50']);
    await expect(prose.getByRole('link', { name: 'the paper' })).toHaveAttribute(
      'rel',
      'nofollow ugc noopener',
    );
    await expect(prose.getByRole('link', { name: 'a picture' })).toBeVisible();
    await expect(prose.locator('code')).toHaveText('petal_length');
    await expect(prose.locator('img, script, [onerror], [href^="javascript"]')).toHaveCount(0);
    await expect(prose).toContainText('<script>alert(1)</script>');
    if (script) expect(await violations(page)).toEqual([]);
  });
});

test('a visitor of a public model in a private project is led to nothing they may not see', async ({
  ada,
  lab,
  browse,
}) => {
  const model = await species(ada, lab);
  await ada.rest.patch(model, { visibility: 'public' });
  const visitor = await browse();
  await visitor.goto(`/${lab}/models/species`);
  const way = visitor.getByRole('navigation', { name: 'Breadcrumb' });
  const [owner, project] = lab.split('/') as [string, string];
  await expect(way.getByRole('listitem')).toHaveText([owner, project, 'models', 'species']);
  await expect(way.getByRole('link')).toHaveText([owner]);
  const facts = visitor.locator('.facts');
  await expect(facts).toContainText('trained on iris v1');
  await expect(facts).toContainText('by run 1');
  await expect(facts.getByRole('link')).toHaveCount(0);

  await ada.rest.patch(`projects/${lab}/datasets/iris`, { visibility: 'public' });
  await visitor.reload();
  await expect(facts.getByRole('link')).toHaveText(['iris v1']);
  await facts.getByRole('link').click();
  await expect(visitor.getByRole('heading', { level: 1 })).toHaveText('iris');
  await expect(way.getByRole('link')).toHaveText([owner]);

  await way.getByRole('link').click();
  await expect(visitor).toHaveURL(`/${owner}`);
  const main = visitor.locator('main');
  const shown = [`${lab}/species`, `${lab}/iris`];
  await expect(main.locator('tbody').getByRole('link')).toHaveText(shown);
  await expect(main.getByText('No projects yet')).toHaveCount(0);
  expect(await violations(visitor)).toEqual([]);

  await ada.rest.patch(`projects/${lab}`, { visibility: 'public' });
  await visitor.goto(`/${lab}/models/species`);
  await expect(way.getByRole('link')).toHaveText([owner, project, 'models']);
});

test('a model is opened to everybody with its project', async ({ page, ada, lab, browse }) => {
  const model = await species(ada, lab);
  await page.goto(`/${lab}/settings`);
  await page.getByRole('radio', { name: /^Public/ }).check();
  await page.getByRole('button', { name: 'Change the visibility' }).click();
  await expect(page.getByRole('radio', { name: /^Public/ })).toBeChecked();
  await expect.poll(async () => (await ada.rest.get(model)).visibility).toBe('public');
  const visitor = await browse();
  expect((await visitor.goto(`/${lab}/models/species`))!.status()).toBe(200);
});

test('what is typed while a choice is on its way stays, and one goes on typing', async ({
  page,
  ada,
  lab,
}) => {
  await ada.rest.dataset(lab, 'iris', IRIS);
  await page.goto(`/${lab}/train?dataset=iris`);
  await page.locator('html[data-enhanced]').waitFor({ state: 'attached' });
  let go = () => {};
  const held = new Promise<void>((resolve) => (go = resolve));
  await page.route(`**/${lab}/train*`, async (route) => {
    await held;
    await route.continue();
  });
  const sent = page.waitForRequest((request) => request.method() === 'POST');
  await page.getByRole('radio', { name: /^Neural network/ }).click();
  await sent;
  const name = page.getByLabel('Name', { exact: true });
  await name.fill('mine');
  await page.getByRole('checkbox', { name: /^petal_width/ }).uncheck();
  await name.focus();
  await name.press('End');
  go();
  await expect(page.getByText('Settings of Neural network')).toBeVisible();
  await expect(name).toBeFocused();
  await page.keyboard.type('-too');
  await expect(name).toHaveValue('mine-too');
  await expect(page.getByRole('checkbox', { name: /^petal_width/ })).not.toBeChecked();
  await page.unrouteAll({ behavior: 'wait' });
});

test('a dataset beyond those that are offered is chosen, and trained on', async ({
  page,
  ada,
  lab,
}) => {
  await ada.rest.dataset(lab, 'zinnias', IRIS);
  const project = `(SELECT p.id FROM projects p JOIN owners o ON o.id = p.owner_id
                    WHERE o.name = '${ada.name}' AND p.name = 'lab')`;
  await sql(
    process.env.MLHUB_DATA!,
    `INSERT INTO datasets (project_id, name, current, last_version)
       SELECT p, 'd' || i, 1, 1 FROM generate_series(1, 200) i, ${project} AS own (p);
     INSERT INTO dataset_versions (dataset_id, version, state, original_sha256, original_name,
                                   table_sha256, rows, columns, profile, created_by)
       SELECT d.id, 1, v.state, v.original_sha256, v.original_name,
              v.table_sha256, v.rows, v.columns, v.profile, v.created_by
       FROM datasets d JOIN datasets z ON z.project_id = d.project_id AND z.name = 'zinnias'
            JOIN dataset_versions v ON v.dataset_id = z.id
       WHERE d.project_id = ${project} AND d.id <> z.id`,
  );
  await page.goto(`/${lab}/train?dataset=zinnias`);
  await expect(page.getByLabel('Dataset', { exact: true })).toHaveValue('zinnias');
  await expect(page.getByText('The first by name of 201 datasets.')).toBeVisible();
  await page.getByLabel('Trees').fill('2');
  await page.getByRole('button', { name: 'Train' }).click();
  await expect(page).toHaveURL(`/${lab}/runs/1`);
  const run = await ada.rest.ended(lab, 1);
  expect(run.dataset).toEqual({ name: 'zinnias', version: 1 });
});
