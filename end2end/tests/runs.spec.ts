import { type Page, type WebSocketRoute } from '@playwright/test';
import { violations } from '../axe';
import { type Person, awake, expect, test as base, withAndWithoutScript } from '../fixtures';
import { circle } from '../tables';

/** A run in the project of a test: a neural network that would learn for minutes. */
class Learning {
  readonly page: string;

  constructor(
    private readonly ada: Person,
    private readonly lab: string,
  ) {
    this.page = `/${lab}/runs/1`;
  }

  async start(): Promise<void> {
    const { ada, lab } = this;
    await ada.rest.dataset(lab, 'points', circle(2_000));
    const params = { hidden: [64, 64], epochs: 10_000, early_stopping: 0, batch_size: 64 };
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

  /** Ends it behind the back of every page; what it has learned until then is measured. */
  async end(): Promise<void> {
    await this.ada.rest.send('POST', `projects/${this.lab}/runs/1/cancel`);
    await this.ada.rest.ended(this.lab, 1);
  }
}

const test = base.extend<{ learning: Learning }>({
  learning: async ({ page, ada, lab }, use) => {
    const learning = new Learning(ada, lab);
    await learning.start();
    await use(learning);
    // Left before the end: a page that is loaded again while its browser is closed can keep that
    // waiting for good.
    await page.goto('about:blank');
    // Whatever became of the test: it must not keep others waiting.
    await learning.end();
  },
});

/** The epoch that the progress of a page tells. */
async function told(page: Page): Promise<number> {
  const text = await page.locator('main').innerText();
  return Number(text.match(/epoch ([\d\s]+) of/)?.[1]?.replaceAll(/\s/g, '') ?? 0);
}

/** The epochs that the curve of a page shows, from the table below it. */
async function drawn(page: Page): Promise<number[]> {
  const cells = page.locator('figure.chart table tbody tr > :first-child');
  return (await cells.allTextContents()).map((cell) => Number(cell.replaceAll(/\s/g, '')));
}

const last = async (page: Page) => (await drawn(page)).at(-1) ?? 0;

test('the page of a run moves by itself, and turns to the evaluation at its end', async ({
  page,
  learning,
}) => {
  await page.goto(learning.page);
  await awake(page);
  await page.evaluate(() => Object.assign(window, { untouched: true }));
  for (const number of [told, last]) {
    const before = await number(page);
    await expect.poll(() => number(page)).toBeGreaterThan(before + 3);
  }
  expect(await page.evaluate(() => 'untouched' in window)).toBe(true);
  expect.soft(await violations(page)).toEqual([]);

  await learning.end();
  await expect(page.getByRole('heading', { name: 'Evaluation' })).toBeVisible({ timeout: 20_000 });
  await expect(page.getByText('cancelled', { exact: true })).toBeVisible();
  await expect(page.getByRole('progressbar')).toHaveCount(0);
});

test('between its end and its report the page of a run says nothing but its end', async ({
  page,
  learning,
}) => {
  await page.goto(learning.page);
  await awake(page);
  await expect.poll(() => told(page)).toBeGreaterThan(1);
  // The page is loaded again only when the test has looked at it: until then the answer is nothing.
  await page.route(`**${learning.page}`, (route) => route.fulfill({ status: 204 }));
  await learning.end();
  await expect(page.getByText('cancelled', { exact: true })).toBeVisible({ timeout: 20_000 });
  expect(await page.getByRole('progressbar').count()).toBe(1);
  await expect(page.getByText('Cancelled', { exact: true })).toBeVisible();
  await expect(page.getByText(/ left$/)).toHaveCount(0);
  await expect(page.getByText('live', { exact: true })).toHaveCount(0);
  await expect(page).toHaveTitle(/^cancelled · Run 1 · /);
  await page.unroute(`**${learning.page}`);
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Evaluation' })).toBeVisible({ timeout: 20_000 });
});

test('the page of a run says how fast it is, and how long it will take', async ({
  page,
  ada,
  lab,
  learning,
}) => {
  await page.goto(learning.page);
  await awake(page);
  await expect(page.locator('main noscript')).toBeHidden();
  const text = () => page.locator('main').innerText();
  const rate = async () => {
    const [, number, prefix] = (await text()).match(/([\d.]+)\s?([kM]?) rows\/s/) ?? [];
    return Number(number) * { '': 1, k: 1e3, M: 1e6 }[prefix ?? '']!;
  };
  const seconds = async (words: RegExp) => {
    const parts = (await text()).match(words)?.[1]?.matchAll(/([\d.]+)\s(h|ms|m|s)/g) ?? [];
    const units: Record<string, number> = { h: 3_600, m: 60, s: 1, ms: 1e-3 };
    return [...parts].reduce((sum, [, n, unit]) => sum + Number(n) * units[unit!]!, 0);
  };
  const left = () => seconds(/at most (.+) left/);
  const elapsed = () => seconds(/((?:[\d.]+\s(?:h|ms|m|s)\s?)+) ?elapsed/);
  const known = async () => (await ada.rest.get(`projects/${lab}/runs/1`)).progress;
  // Both go on meanwhile: as near as that lets them be.
  const apart = (a: number, b: number) => Math.abs(Math.log(a / b));
  await expect.poll(async () => apart(await rate(), (await known())?.rows_per_second)).toBeLessThan(0.3);
  await expect.poll(async () => apart(await left(), (await known())?.remaining)).toBeLessThan(0.3);
  const before = await elapsed();
  await expect.poll(elapsed).toBeGreaterThan(before + 1);
});

test('two browsers see the same run live, and both see its end', async ({
  page,
  ada,
  lab,
  learning,
  browse,
  join,
}) => {
  const other = await browse();
  const bob = await join(other, 'bob');
  await ada.rest.post(`projects/${lab}/members`, { user: bob.name, role: 'read' });
  for (const seen of [page, other]) await seen.goto(learning.page);
  for (const seen of [page, other]) {
    await awake(seen);
    const before = await last(seen);
    await expect.poll(() => last(seen)).toBeGreaterThan(before + 3);
  }
  await expect(page.getByText('Cancel…')).toBeVisible();
  await expect(other.getByText('Cancel…')).toHaveCount(0);

  await learning.end();
  for (const seen of [page, other]) {
    const evaluation = seen.getByRole('heading', { name: 'Evaluation' });
    await expect(evaluation).toBeVisible({ timeout: 20_000 });
  }
});

test('who may not see a run any more is told so, and nothing goes on', async ({
  ada,
  lab,
  learning,
  browse,
  join,
}) => {
  test.slow();
  const page = await browse();
  const bob = await join(page, 'bob');
  await ada.rest.post(`projects/${lab}/members`, { user: bob.name, role: 'edit' });
  await page.goto(learning.page);
  await awake(page);
  await expect.poll(() => last(page)).toBeGreaterThan(1);
  await expect(page.getByText('Cancel…')).toBeVisible();
  expect(await ada.rest.status('DELETE', `projects/${lab}/members/${bob.name}`)).toBeLessThan(300);
  await expect(page.getByText('You cannot see this run any more')).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText('Cancel…')).toBeHidden();
  await expect(page.getByRole('progressbar')).toHaveCount(0);
  await expect(page.getByText('live', { exact: true })).toHaveCount(0);
});

test('a lost connection is taken up where it broke off, without a gap or a double', async ({
  page,
  learning,
}) => {
  const heard: number[] = [];
  const asked: number[] = [];
  const lines: WebSocketRoute[] = [];
  const broken = new Set<WebSocketRoute>();
  await page.routeWebSocket(/\/api\/v1\/live$/, (line) => {
    const server = line.connectToServer();
    lines.push(line);
    line.onMessage((text) => {
      const { sub } = JSON.parse(String(text));
      if (sub) asked.push(sub.after);
      server.send(text);
    });
    server.onMessage((text) => {
      if (broken.has(line)) return;
      const { events } = JSON.parse(String(text));
      for (const { seq } of events?.events ?? []) heard.push(seq);
      line.send(text);
    });
  });
  await page.goto(learning.page);
  await awake(page);
  for (const times of [1, 2]) {
    const before = heard.length;
    await expect.poll(() => heard.length).toBeGreaterThan(before + 5);
    const known = heard.at(-1);
    const line = lines.at(-1)!;
    broken.add(line);
    await line.close({ code: 1012, reason: 'the test pulls the plug' });
    await expect.poll(() => asked.length, { timeout: 20_000 }).toBe(times + 1);
    expect(asked.at(-1)).toBe(known);
  }
  const before = await last(page);
  await expect.poll(() => last(page)).toBeGreaterThan(before + 3);
  // A long curve is drawn with one point of a few: they stand equally far apart.
  const shown = (await drawn(page)).slice(0, -1);
  const [first, second] = shown as [number, number];
  expect(shown).toEqual(shown.map((_, i) => first + i * (second - first)));
  expect(heard).toEqual(heard.map((_, i) => asked[0]! + 1 + i));
  await expect(page.getByText('live', { exact: true })).toBeVisible();
});

withAndWithoutScript((script) => {
  test('a long training is cancelled, and the page says what was kept', async ({
    page,
    ada,
    lab,
    learning,
  }) => {
    const path = `projects/${lab}/runs/1`;
    await ada.rest.until(path, (run) => run.progress?.done > 3);
    await page.goto(learning.page);
    if (script) await awake(page);
    else await expect(page.locator('meta[http-equiv="refresh"]')).toHaveCount(1);
    await page.getByText('Cancel…').click();
    await page.getByRole('button', { name: 'Cancel the run' }).click();
    const run = await ada.rest.ended(lab, 1);
    expect([run.status, run.model]).toEqual(['cancelled', { name: 'places', version: 1 }]);
    if (!script) await page.reload();
    await expect(page.getByText('The best model found until then was kept')).toBeVisible({
      timeout: 20_000,
    });
    await expect(page.locator('meta[http-equiv="refresh"]')).toHaveCount(0);
    await expect(page.getByRole('link', { name: 'places v1' })).toHaveAttribute(
      'href',
      `/${lab}/models/places?version=1`,
    );
    const kept = await ada.rest.get(`projects/${lab}/models/places/versions/1`);
    expect(kept.metrics.accuracy).toBeGreaterThan(0.5);
    expect(kept.cancelled).toBe(true);

    await page.getByRole('link', { name: 'Change and try again' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(
      'Train a new version of places',
    );
    await expect(page.getByLabel('Epochs', { exact: true })).toHaveValue('10000');
    await page.getByLabel('Epochs', { exact: true }).fill('3');
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    await expect(page).toHaveURL(`/${lab}/runs/2`);
    const again = await ada.rest.ended(lab, 2);
    expect([again.params.epochs, again.params.hidden]).toEqual([3, [64, 64]]);
    expect(again.model).toEqual({ name: 'places', version: 2 });
  });
});

test('a job at work shows on every page of its owner, and goes away', async ({
  page,
  learning,
}) => {
  await page.goto('/dashboard');
  await awake(page);
  const tray = page.locator('header .tray');
  await expect(tray).toContainText('1');
  await tray.click();
  await expect(page.getByRole('banner').getByRole('progressbar')).toBeVisible();
  await page.keyboard.press('Escape');
  await learning.end();
  await expect(tray).toHaveCount(0, { timeout: 15_000 });
});
