import { join } from 'node:path';
import { IRIS, expect, test } from '../fixtures';
import type { Json } from '../rest';
import { printed, python, shell } from '../snippets';

/** The folder of the small table that ML Hub brings along. */
const SAMPLE = join(__dirname, '../../fixtures/sample');

/** DuckDB with its extension that reads from a server, which it would fetch by itself. */
const DUCKDB = `
import os, duckdb
packages = os.path.dirname(os.path.dirname(duckdb.__file__))
duckdb.execute("SET extension_directory = ?", [packages + "/duckdb_ext/extensions"])
`;

test('the code on the page of a model runs as it is printed', async ({ page, ada, lab }) => {
  // What has to be written differently in JSON, in a shell and in Python.
  const csv = IRIS.replaceAll(/setosa|versicolor/g, `"it's ""s\\etosa"" é"`);
  await ada.rest.dataset(lab, 'iris', csv);
  const algorithm = { kind: 'ridge' };
  const spec = { task: 'regression', target: 'petal_length', algorithm };
  await ada.rest.post(`projects/${lab}/models`, { name: 'petals', spec });
  await ada.rest.train(lab, 'petals', 'iris');
  const model = `projects/${lab}/models/petals`;
  const { signature } = await ada.rest.get(`${model}/versions/1`);
  const cells = signature.inputs.map(({ name, example }: Json) => [name, example]);
  const row = Object.fromEntries(cells);
  expect(row.species).toBe(`it's "s\\etosa" é`);
  const { predictions } = await ada.rest.post(`${model}/versions/1/predict`, { rows: [row] });
  const { value } = predictions[0];
  expect(value).toBeGreaterThan(0.5);

  const code = (title: string) => printed(page, `/${lab}/models/petals`, title);
  const closed = [await code('curl'), await code('Python')] as const;
  const { token } = ada.rest;
  expect(JSON.parse(await shell(closed[0], token)).predictions[0].value).toBe(value);
  expect(await python(closed[1], token)).toContain(`'value': ${value}`);
  await expect(python(closed[1], 'mlh_guessed')).rejects.toThrow('HTTP Error 401');

  await ada.rest.patch(model, { visibility: 'public' });
  const open = [await code('curl'), await code('Python')] as const;
  expect(open.join()).not.toContain('MLHUB_TOKEN');
  expect(JSON.parse(await shell(open[0])).predictions[0].value).toBe(value);
  expect(await python(open[1])).toContain(`'value': ${value}`);
});

test('the code on the page of a dataset runs as it is printed', async ({ page, ada, lab }) => {
  await ada.rest.dataset(lab, 'iris', IRIS);
  const { token } = ada.rest;
  const code = (title: string) => printed(page, `/${lab}/datasets/iris?tab=use`, title);
  const look = 'print(df.shape, df["species"].to_list()[0])';
  for (const visibility of ['private', 'public']) {
    await ada.rest.patch(`projects/${lab}/datasets/iris`, { visibility });
    const needed = visibility === 'private' ? token : undefined;
    const curl = await code('curl');
    expect(curl.includes('MLHUB_TOKEN')).toBe(visibility === 'private');
    const fetched = await shell(curl.replace('-o iris.csv', '-so -'), needed);
    expect(fetched.trim().split('\n')).toEqual(IRIS.trim().split('\n'));
    for (const reader of ['pandas', 'polars']) {
      const said = await python(`${await code(reader)}\n${look}`, needed);
      expect(said, reader).toBe('(150, 5) setosa\n');
    }
    const sql = (await code('DuckDB')).replace('the value of MLHUB_TOKEN', token!);
    expect(sql.includes(token!)).toBe(visibility === 'private');
    expect(await python(`${DUCKDB}rows = duckdb.sql("""${sql}""").fetchall()\nprint(rows[0])`)).toBe(
      "(4.4, 2.9, 1.4, 0.2, 'setosa')\n",
    );
  }

  const upload = await code('The next version, by curl');
  const half = IRIS.split('\n').slice(0, 76).join('\n');
  await shell(`cd "$(mktemp -d)"\ncat >data.csv <<'END'\n${half}\nEND\n${upload}`, token);
  const version = await ada.rest.read(`projects/${lab}/datasets/iris`, 2);
  expect([version.state, version.rows]).toEqual(['ready', 75]);
});

test('the code that one begins with runs as it is printed', async ({ page, ada }) => {
  const step = async (title: string) => printed(page, '/docs', title);
  const run = async (code: string) => {
    // A shell knows the token from the first step.
    const known = code.replace(/^export MLHUB_TOKEN=.*\n/, '');
    return shell(`cd '${SAMPLE}'\n${known}`, ada.rest.token);
  };
  expect(await step('Make a project')).toMatch(/^export MLHUB_TOKEN=mlh_…\n/);
  await run(await step('Make a project'));
  const project = `${ada.name}/flowers`;
  expect((await ada.rest.get(`projects/${project}`)).visibility).toBe('private');
  await run(await step('Upload a table'));
  expect((await ada.rest.read(`projects/${project}/datasets/iris`, 1)).rows).toBe(150);
  await run(await step('Train a model'));
  expect((await ada.rest.ended(project, 1)).model).toEqual({ name: 'species', version: 1 });
  const { predictions } = JSON.parse(await run(await step('Predict')));
  expect(predictions[0].value).toBe('setosa');
});
