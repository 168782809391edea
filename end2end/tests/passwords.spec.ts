import { PASSWORD, expect, test } from '../fixtures';

test('while a password is chosen, the server says how good it is', async ({ page }) => {
  const email = 'clever.otter@example.org';
  await page.goto('/signup');
  await page.getByLabel('E-mail').fill(email);
  const field = page.getByLabel('Password', { exact: true });
  const meter = page.locator('.strength');
  const said = page.locator('[data-strength]');
  const colours = () =>
    meter.locator('i').evaluateAll((all) => all.map((bar) => getComputedStyle(bar).backgroundColor));
  await expect(meter).toHaveAttribute('data-score', '0');
  await expect(said).toHaveText('');
  const unlit = (await colours())[0];

  const scores: number[] = [];
  // The third is easy to guess for who knows the address.
  for (const password of ['password', 'password1234', 'clever.otter', PASSWORD]) {
    const form = { password, email, username: '' };
    const judged = await (await page.request.post('/fn/accounts/strength', { form })).json();
    await field.fill(password);
    await expect(meter).toHaveAttribute('data-score', String(judged.score));
    await expect(said).toHaveText(judged.hint || ['good', 'very good'][judged.score - 3]!);
    expect((await colours()).filter((colour) => colour !== unlit)).toHaveLength(judged.score);
    scores.push(judged.score);
  }
  expect(Math.max(...scores.slice(0, 3)), `${scores}`).toBeLessThan(3);
  expect(scores[3]).toBeGreaterThan(2);

  await field.fill('');
  await expect(meter).toHaveAttribute('data-score', '0');
  await expect(said).toHaveText('');
});

test('a password is shown on demand, and hidden again', async ({ page }) => {
  await page.goto('/login');
  const password = page.getByLabel('Password', { exact: true });
  await password.fill(PASSWORD);
  await expect(password).toHaveAttribute('type', 'password');
  const show = page.getByRole('button', { name: 'Show', exact: true });
  await expect(show).toHaveAttribute('aria-pressed', 'false');
  await show.click();
  await expect(password).toHaveAttribute('type', 'text');
  await expect(password).toHaveValue(PASSWORD);
  await expect(password).toBeFocused();
  const hide = page.getByRole('button', { name: 'Hide', exact: true });
  await expect(hide).toHaveAttribute('aria-pressed', 'true');
  await hide.click();
  await expect(password).toHaveAttribute('type', 'password');
  await expect(show).toBeVisible();
});
