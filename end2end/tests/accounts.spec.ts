import { violations } from '../axe';
import { PASSWORD, expect, late, test, unique, withAndWithoutScript } from '../fixtures';
import { Rest } from '../rest';
import { Server } from '../server';

test('a new server leads everywhere to set-up, and its link makes the administrator', async ({
  page,
}) => {
  const server = await Server.start('set-up.log');
  try {
    for (const path of ['/', '/explore', '/login?next=/ada', '/ada/titanic']) {
      await page.goto(server.base + path);
      await expect(page).toHaveURL(`${server.base}/setup`);
    }
    await page.goto(server.base);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Set up ML Hub');
    await expect(page.getByText('Open the set-up link')).toBeVisible();

    const email = page.getByLabel('E-mail');
    const command = page.getByRole('region', { name: 'Make an administrator' });
    expect((await page.goto(`${server.base}/setup?code=guessed`))!.status()).toBe(404);
    await expect(page.getByText('This is not the set-up link of this server')).toBeVisible();
    await expect(command).toContainText('mlhub admin create-user --admin');
    await expect(email).toHaveCount(0);

    await page.goto(server.setUpLink);
    await email.fill('ada@example.org');
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Make the first account' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Dashboard');

    const token = await server.admin('token', '--email', 'ada@example.org');
    const me = await new Rest(server.base, token).get('me');
    expect([me.username, me.admin]).toEqual(['ada', true]);

    await page.context().clearCookies();
    await page.goto(server.setUpLink);
    await expect(page.getByText('This server has been set up')).toBeVisible();
    await expect(command).toContainText('mlhub admin create-user --admin');
    await expect(email).toHaveCount(0);
    await page.goto(server.base);
    await expect(page).toHaveURL(`${server.base}/`);
  } finally {
    await server.stop();
  }
});

withAndWithoutScript((script) => {
  test('a weak password is explained, what was typed is kept, and a good one enters', async ({
    page,
  }) => {
    const name = unique('ada');
    const email = page.getByLabel('E-mail');
    const username = page.getByLabel('Username');
    const password = page.getByLabel('Password', { exact: true });
    await page.goto('/signup');
    await email.fill(`${name}@example.org`);
    await username.fill(name);
    await password.fill('password1234');
    await page.getByRole('button', { name: 'Make the account' }).click();

    await expect(password).toHaveAccessibleDescription(/too easy to guess/);
    await expect(password).toHaveAttribute('aria-invalid', 'true');
    await expect(password).toHaveValue('');
    await expect(email).toHaveValue(`${name}@example.org`);
    await expect(username).toHaveValue(name);
    if (script) await expect(password).toBeFocused();
    const nobody = await page.request.get('/api/v1/me');
    expect(nobody.status()).toBe(401);

    await password.fill(PASSWORD);
    await page.getByRole('button', { name: 'Make the account' }).click();
    await expect(page).toHaveURL('/dashboard');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Dashboard');
    const me = await (await page.request.get('/api/v1/me')).json();
    expect([me.username, me.email]).toEqual([name, `${name}@example.org`]);
  });

  test('an address that is taken is told beside its field', async ({ ada, browse }) => {
    const page = await browse({ javaScriptEnabled: script });
    await page.goto('/signup');
    await page.getByLabel('E-mail').fill(ada.email);
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Make the account' }).click();
    await expect(page.getByLabel('E-mail')).toHaveAttribute('aria-invalid', 'true');
    await expect(page.getByLabel('E-mail')).toHaveValue(ada.email);
  });

  test('signing out ends the session, and signing in leads where one wanted to go', async ({
    page,
    ada,
  }) => {
    await page.goto('/dashboard');
    await page.getByLabel(`Account: ${ada.name}`).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    expect((await page.request.get('/api/v1/me')).status()).toBe(401);

    const enter = async (email: string, password: string) => {
      await page.getByLabel('E-mail').fill(email);
      await page.getByLabel('Password', { exact: true }).fill(password);
      await page.locator('main').getByRole('button', { name: 'Sign in' }).click();
    };
    await page.goto('/settings/tokens');
    await expect(page).toHaveURL(/^[^?]*\/login\?next=/);
    const said: (string | null)[] = [];
    for (const email of [ada.email, `${unique('nobody')}@example.org`]) {
      await enter(email, 'not the password');
      await expect(page.getByRole('alert').filter({ hasText: /\w/ })).toHaveCount(1);
      await expect(page.getByLabel('E-mail')).toHaveValue(email);
      await expect(page.getByLabel('Password', { exact: true })).toHaveValue('');
      said.push(await page.getByRole('alert').filter({ hasText: /\w/ }).textContent());
    }
    expect(said[0]).toBe(said[1]);

    await enter(ada.email, PASSWORD);
    await expect(page).toHaveURL('/settings/tokens');
    const me = await (await page.request.get('/api/v1/me')).json();
    expect(me.username).toBe(ada.name);
  });

  test('a token is shown once, opens the API, and is worth nothing once revoked', async ({
    page,
    ada,
    baseURL,
  }) => {
    await page.goto('/settings/tokens');
    await page.getByLabel('Name').fill('laptop');
    await page.getByRole('radio', { name: /^Read/ }).check();
    await page.getByRole('button', { name: 'Make a token' }).click();
    const secret = page.getByText(/^mlh_/);
    await expect(secret).toBeVisible();
    const laptop = new Rest(baseURL!, (await secret.textContent())!.trim());
    expect((await laptop.get('me')).username).toBe(ada.name);
    expect(await laptop.status('POST', 'projects', { name: 'too-much' })).toBe(403);

    await expect(page).toHaveURL('/settings/tokens');
    await page.reload();
    await expect(secret).toHaveCount(0);
    const row = page.getByRole('row', { name: /laptop/ });
    await expect(row).toHaveCount(1);
    await expect(row).toContainText('read');
    await row.getByText('Revoke…').click();
    await row.getByRole('button', { name: 'Revoke “laptop”' }).click();
    await expect(row).toHaveCount(0);
    expect(await laptop.status('GET', 'me')).toBe(401);
  });

  test('who gave their password a while ago gives it again in the form they are at', async ({
    page,
    ada,
    baseURL,
  }) => {
    await page.goto('/settings/tokens');
    const name = page.getByLabel('Name');
    const read = page.getByRole('radio', { name: /^Read/ });
    const password = page.getByLabel('Your password');
    const make = page.getByRole('button', { name: 'Make a token' });
    await expect(make).toBeVisible();
    await expect(password).toHaveCount(0);
    await name.fill('laptop');
    await read.check();
    await late(ada);
    await make.click();

    const kept = async () => {
      await expect(name).toHaveValue('laptop');
      await expect(read).toBeChecked();
      await expect(password).toHaveValue('');
    };
    await expect(page.getByRole('alert').filter({ hasText: 'asks for it again' })).toBeVisible();
    await expect(password).toHaveAccessibleDescription(new RegExp(`signed in as ${ada.name}`));
    await kept();
    if (script) expect(await violations(page)).toEqual([]);
    await password.fill('not the password');
    await make.click();
    await expect(password).toHaveAccessibleDescription(/This is not your current password/);
    if (script) await expect(password).toBeFocused();
    await kept();
    const tokens = async () => (await (await page.request.get('/api/v1/tokens')).json()).total;
    expect(await tokens(), 'the one of the test').toBe(1);

    await password.fill(PASSWORD);
    await make.click();
    const secret = page.getByText(/^mlh_/);
    await expect(secret).toBeVisible();
    await expect(password).toHaveCount(0);
    const laptop = new Rest(baseURL!, (await secret.textContent())!.trim());
    expect((await laptop.get('me')).username).toBe(ada.name);
    expect(await tokens()).toBe(2);
  });

  test('a project is deleted with its name and, after a while, the password', async ({
    page,
    ada,
    lab,
  }) => {
    await late(ada);
    await page.goto(`/${lab}/settings`);
    const name = page.getByLabel('Type lab to confirm');
    const password = page.getByLabel('Your password');
    const remove = page.getByRole('button', { name: 'Delete the project' });
    await name.fill('lob');
    await password.fill('not the password');
    await remove.click();
    await expect(name).toHaveAccessibleDescription(/Type lab to delete it/);
    await expect(password).toHaveAccessibleDescription(/This is not your current password/);
    expect(await ada.rest.status('GET', `projects/${lab}`)).toBe(200);

    await name.fill('lab');
    await password.fill(PASSWORD);
    await remove.click();
    await expect(page).toHaveURL('/dashboard');
    expect(await ada.rest.status('GET', `projects/${lab}`)).toBe(404);
  });
});
