import type { Page } from '@playwright/test';
import { violations } from '../axe';
import { IRIS, PASSWORD, expect, test, unique } from '../fixtures';

/** What the focus is on: its words, and whether one sees that. */
const focus = (page: Page) =>
  page.evaluate(() => {
    const element = document.activeElement as HTMLElement;
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
    const ring = outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2;
    const label = (element as HTMLInputElement).labels?.[0]?.innerText;
    const words = element.getAttribute('aria-label') ?? label ?? element.innerText;
    return { words: words.trim(), visible: ring || boxShadow !== 'none' };
  });

/** Presses Tab until the focus is on `words`; every stop on the way must be seen. */
async function tabTo(page: Page, words: string | RegExp): Promise<void> {
  const met: string[] = [];
  for (let stop = 0; stop < 60; stop += 1) {
    await page.keyboard.press('Tab');
    const now = await focus(page);
    expect(now.visible, `one sees that the focus is on “${now.words}”`).toBe(true);
    if (typeof words === 'string' ? now.words === words : words.test(now.words)) return;
    met.push(now.words);
  }
  throw new Error(`Tab does not lead to ${words}, but to ${met.join(' · ')}`);
}

test('the first Tab offers to skip to the content', async ({ page }) => {
  await page.goto('/explore');
  await page.keyboard.press('Tab');
  expect(await focus(page)).toEqual({ words: 'Skip to content', visible: true });
  await expect(page.getByRole('link', { name: 'Skip to content' })).toBeInViewport();
  await page.keyboard.press('Enter');
  await expect(page.locator('main')).toBeFocused();
  await tabTo(page, 'Find models, datasets, projects, runs');
});

test('an account, a project and a first training need nothing but keys', async ({ page }) => {
  const name = unique('kay');
  const at = () => new URL(page.url()).pathname;
  await page.goto('/');
  await tabTo(page, 'Make an account');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL('/signup');

  await expect(page.getByLabel('E-mail')).toBeFocused();
  await page.keyboard.type(`${name}@example.org`);
  await tabTo(page, 'Username');
  await page.keyboard.type(name);
  await tabTo(page, 'Password');
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL('/dashboard');

  await tabTo(page, 'New project');
  await page.keyboard.press('Enter');
  await expect(page.getByLabel('Name', { exact: true })).toBeFocused();
  await page.keyboard.type('by-hand');
  await tabTo(page, /^Private/);
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('radio', { name: /^Unlisted/ })).toBeChecked();
  await tabTo(page, 'Make the project');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(`/${name}/by-hand`);
  const made = await (await page.request.get(`/api/v1/projects/${name}/by-hand`)).json();
  expect(made.visibility).toBe('unlisted');

  await tabTo(page, 'ML Hub, to the start');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL('/dashboard');
  await tabTo(page, 'Try it with a sample');
  await page.keyboard.press('Enter');
  await expect.poll(at).toBe(`/${name}/flowers/train`);
  await expect(page.getByRole('button', { name: 'Train', exact: true })).toBeVisible();
  await tabTo(page, 'Train');
  await page.keyboard.press('Enter');
  await expect.poll(at).toBe(`/${name}/flowers/runs/1`);
  const run = await page.request.get(`/api/v1/projects/${name}/flowers/runs/1`);
  expect((await run.json()).trains).toBe('iris-lightgbm');
});

test('menus open with Enter, close with Escape, and give the focus back', async ({
  page,
  ada,
  lab,
}) => {
  for (const [path, words] of [
    ['/settings', `Account: ${ada.name}`],
    [`/${lab}/members`, `Account: ${ada.name}`],
  ] as const) {
    await page.goto(path);
    await tabTo(page, words);
    const menu = page.locator('details[data-menu]').filter({ has: page.getByLabel(words) });
    await page.keyboard.press('Enter');
    await expect(menu).toHaveAttribute('open', '');
    await tabTo(page, 'Sign out');
    await page.keyboard.press('Escape');
    await expect(menu).not.toHaveAttribute('open');
    expect((await focus(page)).words).toBe(words);
  }
});

test('Ctrl K leads to a page, to what the page offers, and to what a search finds', async ({
  page,
  ada,
  lab,
}) => {
  await ada.rest.dataset(lab, 'iris', IRIS);
  await page.goto(`/${lab}/models`);
  const palette = page.getByRole('dialog', { name: 'Search or jump to' });
  const search = palette.getByRole('combobox');
  const chosen = palette.getByRole('option', { selected: true });

  await page.keyboard.press('Control+k');
  await expect(search).toBeFocused();
  await expect(palette.getByRole('option', { name: /^Dashboard/ })).toBeVisible();
  expect(await violations(page, 'dialog[open]')).toEqual([]);
  await page.keyboard.press('Escape');
  await expect(palette).toBeHidden();

  await page.getByRole('link', { name: 'Search or jump to…' }).focus();
  await page.keyboard.press('Enter');
  await expect(search).toBeFocused();
  await page.keyboard.press('Escape');
  expect((await focus(page)).words).toContain('Search or jump to');

  await page.keyboard.press('Control+k');
  await page.keyboard.type('upload');
  await expect(chosen).toContainText('Upload data');
  await page.keyboard.press('ArrowDown');
  await expect(chosen).toContainText('Search for “upload”');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(`/${lab}/upload`);

  // What is private is found by who may see it.
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+k');
  await page.keyboard.type(`${ada.name}/lab/iris`);
  await expect(palette.getByRole('option', { name: /lab\/iris\s*Dataset$/ })).toBeVisible();
  await expect(chosen).toContainText('Dataset');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(`/${lab}/datasets/iris`);
});

test('single keys step through rows, show themselves, and can be turned off', async ({
  page,
  ada,
  lab,
}) => {
  for (const name of ['first', 'second']) await ada.rest.post(`projects/${lab}/datasets`, { name });
  await page.goto(`/${lab}/datasets?sort=name`);
  await page.keyboard.press('j');
  expect(await focus(page)).toEqual({ words: 'first', visible: true });
  await page.keyboard.press('j');
  expect((await focus(page)).words).toBe('second');
  await page.keyboard.press('j');
  expect((await focus(page)).words).toBe('second');
  await page.keyboard.press('k');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(`/${lab}/datasets/first`);

  await page.goto(`/${lab}/datasets`);
  await page.keyboard.press('/');
  await expect(page.getByLabel('Find datasets by name')).toBeFocused();
  await page.keyboard.type('?j');
  await expect(page.getByLabel('Find datasets by name')).toHaveValue('?j');

  await page.getByRole('heading', { level: 1 }).focus();
  await page.keyboard.press('?');
  const keys = page.getByRole('dialog', { name: 'Keys' });
  await expect(keys).toContainText('Open what one is at');
  expect(await violations(page, 'dialog[open]')).toEqual([]);
  await keys.getByLabel(/^Keys without Ctrl/).uncheck();
  await keys.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('heading', { level: 1 }).focus();
  await page.keyboard.press('?');
  await expect(keys).toBeHidden();

  await page.reload();
  await page.keyboard.press('j');
  expect((await focus(page)).words).not.toBe('first');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('shortcuts');
  await page.keyboard.press('Enter');
  await expect(keys.getByLabel(/^Keys without Ctrl/)).not.toBeChecked();
});

test('Enter opens the row that j and k lead to, and they go on from there', async ({
  page,
  ada,
  lab,
}) => {
  await ada.rest.dataset(lab, 'iris', IRIS);
  const row = (place: number) => page.getByRole('region', { name: `Row ${place}`, exact: true });
  await page.goto(`/${lab}/datasets/iris`);
  for (const key of ['j', 'j', 'j', 'k']) await page.keyboard.press(key);
  expect(await focus(page)).toEqual({ words: 'Row 2', visible: true });
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(`/${lab}/datasets/iris?row=2#row`);
  await expect(row(2)).toBeFocused();
  await tabTo(page, 'Next row');
  await page.keyboard.press('Enter');
  await expect(row(3)).toBeFocused();
  // The row by itself gives way to the one beside it, and the focus stays on it.
  for (const [key, place] of [['j', 4], ['j', 5], ['k', 4]] as const) {
    await page.keyboard.press(key);
    await expect(page).toHaveURL(`/${lab}/datasets/iris?row=${place}#row`);
    await expect(row(place)).toBeFocused();
  }
  await tabTo(page, 'Close the row');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('link', { name: 'Row 4', exact: true })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(row(4)).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(row(4)).toHaveCount(0);
  await expect(page.getByRole('link', { name: 'Row 4', exact: true })).toBeFocused();

  // One far down is in sight in its table.
  await page.goto(`/${lab}/datasets/iris?row=80`);
  await expect(row(80)).toContainText('of 150');
  await expect(page.locator('tbody tr[aria-current]')).toBeInViewport();
});
