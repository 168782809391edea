import { type Page, type WebSocketRoute } from '@playwright/test';
import { type Person, awake, expect, test, withAndWithoutScript } from '../fixtures';
import { circle } from '../tables';

/** A neural network that learns for a while. */
async function learning(ada: Person, lab: string, epochs: number): Promise<void> {
  await ada.rest.dataset(lab, 'points', circle(2_000));
  const params = { hidden: [64, 64], epochs, early_stopping: 0, batch_size: 64 };
  const spec = {
    task: 'classification',
    target: 'place',
    features: null,
    algorithm: { kind: 'mlp', params },
    validation: { holdout: 0.2, refit: false },
    seed: 1,
  };
  await ada.rest.post(`projects/${lab}/models`, { name: 'places', spec });
  await ada.rest.post(`projects/${lab}/models/places/train`, { dataset: 'points' });
}

/** The epochs that the first curve of a page shows, from the table below it. */
async function epochs(page: Page): Promise<number[]> {
  const rows = page.locator('figure.chart table').first().locator('tbody tr');
  const cells = await rows.locator('> :first-child').allTextContents();
  return cells.map((cell) => Number(cell.replaceAll(/\s/g, '')));
}

const last = async (page: Page) => (await epochs(page)).at(-1) ?? 0;

/** 1, 2, … up to `end`. */
const upTo = (end: number) => Array.from({ length: end }, (_, i) => i + 1);

test('the page of a run moves by itself until the evaluation', async ({ page, ada, lab }) => {
  await learning(ada, lab, 60);
  await page.goto(`/${lab}/runs/1`);
  await awake(page);
  await page.evaluate(() => Object.assign(window, { same: true }));
  const bar = page.getByRole('progressbar', { name: 'Training' });
  const done = async () => Number(await bar.getAttribute('aria-valuenow'));
  const first = await done();
  await expect.poll(done).toBeGreaterThan(first);
  const shown = await last(page);
  await expect.poll(() => last(page)).toBeGreaterThan(shown);
  expect(await page.evaluate(() => 'same' in window)).toBe(true);

  await expect(page.getByRole('heading', { name: 'Evaluation' })).toBeVisible({ timeout: 45_000 });
  await expect(page.getByText('finished', { exact: true })).toBeVisible();
  await expect(bar).toHaveCount(0);
  const run = await ada.rest.get(`projects/${lab}/runs/1`);
  expect([run.status, run.model]).toEqual(['finished', { name: 'places', version: 1 }]);
});

test('two browsers see the same run live, and both see its end', async ({
  page,
  ada,
  lab,
  browse,
  join,
}) => {
  const other = await browse();
  const bob = await join(other, 'bob');
  await ada.rest.post(`projects/${lab}/members`, { user: bob.name, role: 'read' });
  await learning(ada, lab, 60);
  for (const seen of [page, other]) await seen.goto(`/${lab}/runs/1`);
  for (const seen of [page, other]) {
    await awake(seen);
    const shown = await last(seen);
    await expect.poll(() => last(seen)).toBeGreaterThan(shown);
  }
  for (const seen of [page, other]) {
    await expect(seen.getByRole('heading', { name: 'Evaluation' })).toBeVisible({
      timeout: 45_000,
    });
  }
  await expect(other.getByText('Cancel…')).toHaveCount(0);
});

test('a lost connection is taken up where it broke off, without a gap or a double', async ({
  page,
  ada,
  lab,
}) => {
  const heard: number[] = [];
  const asked: number[] = [];
  const lines: WebSocketRoute[] = [];
  await page.routeWebSocket(/\/api\/v1\/live$/, (line) => {
    const server = line.connectToServer();
    lines.push(line);
    line.onMessage((text) => {
      const { sub } = JSON.parse(String(text));
      if (sub) asked.push(sub.after);
      server.send(text);
    });
    server.onMessage((text) => {
      const { events } = JSON.parse(String(text));
      for (const { seq } of events?.events ?? []) heard.push(seq);
      line.send(text);
    });
  });
  await learning(ada, lab, 80);
  await page.goto(`/${lab}/runs/1`);
  await awake(page);
  for (const broken of [1, 2]) {
    const before = heard.length;
    await expect.poll(() => heard.length).toBeGreaterThan(before + 5);
    const known = heard.at(-1);
    await lines.at(-1)!.close({ code: 1012, reason: 'the test pulls the plug' });
    await expect.poll(() => lines.length, { timeout: 20_000 }).toBe(broken + 1);
    await expect.poll(() => asked.length).toBe(broken + 1);
    expect(asked.at(-1)).toBe(known);
  }
  const shown = await last(page);
  await expect.poll(() => last(page)).toBeGreaterThan(shown + 5);
  const drawn = await epochs(page);
  expect(drawn).toEqual(upTo(drawn.length));

  await expect(page.getByRole('heading', { name: 'Evaluation' })).toBeVisible({ timeout: 45_000 });
  expect(heard).toEqual(upTo(heard.length).map((i) => asked[0]! + i));
});

withAndWithoutScript((script) => {
  test('a long training is cancelled, and the page says what was kept', async ({
    page,
    ada,
    lab,
  }) => {
    await learning(ada, lab, 10_000);
    const path = `projects/${lab}/runs/1`;
    await ada.rest.until(path, (run) => run.progress?.done > 3);
    await page.goto(`/${lab}/runs/1`);
    if (script) await awake(page);
    await page.getByText('Cancel…').click();
    await page.getByRole('button', { name: 'Cancel the run' }).click();
    const run = await ada.rest.ended(lab, 1);
    expect([run.status, run.model]).toEqual(['cancelled', { name: 'places', version: 1 }]);
    if (!script) await page.reload();
    await expect(page.getByText('Cancelled: the best model found until then')).toBeVisible({
      timeout: 20_000,
    });
    await expect(page.getByRole('link', { name: 'places v1' })).toHaveAttribute(
      'href',
      `/${lab}/models/places?version=1`,
    );
    const kept = await ada.rest.get(`projects/${lab}/models/places/versions/1`);
    expect(kept.metrics.accuracy).toBeGreaterThan(0.5);
  });
});

test('a job at work shows on every page of its owner, and goes away', async ({
  page,
  ada,
  lab,
}) => {
  await learning(ada, lab, 60);
  await page.goto('/dashboard');
  await awake(page);
  const tray = page.locator('header .tray');
  await expect(tray).toContainText('1');
  await tray.click();
  await expect(page.getByRole('banner').getByRole('progressbar')).toBeVisible();
  await page.keyboard.press('Escape');
  await ada.rest.ended(lab, 1);
  await expect(tray).toHaveCount(0, { timeout: 15_000 });
});
