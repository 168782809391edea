import type { Page } from '@playwright/test';
import { PASSWORD, expect, test, unique } from '../fixtures';

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
  await tabTo(page, 'Find public models, datasets, projects');
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
