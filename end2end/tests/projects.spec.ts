import { expect, test, withAndWithoutScript } from '../fixtures';

withAndWithoutScript((script) => {
  test('a bad name is explained and kept, a good one makes the project', async ({ page, ada }) => {
    const name = page.getByLabel('Name', { exact: true });
    const description = page.getByLabel('Description');
    await page.goto('/dashboard/new');
    await name.fill('Not A Name');
    await description.fill('Who survived, <b>and why</b>');
    await page.getByRole('radio', { name: /^Unlisted/ }).check();
    await page.getByRole('button', { name: 'Make the project' }).click();

    await expect(name).toHaveAccessibleDescription(/use 1 to 64/);
    await expect(name).toHaveValue('Not A Name');
    await expect(description).toHaveValue('Who survived, <b>and why</b>');
    await expect(page.getByRole('radio', { name: /^Unlisted/ })).toBeChecked();

    await name.fill('titanic');
    await page.getByRole('button', { name: 'Make the project' }).click();
    await expect(page).toHaveURL(`/${ada.name}/titanic`);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('titanic');
    await expect(page.getByText('Who survived, <b>and why</b>')).toBeVisible();
    const made = await ada.rest.get(`projects/${ada.name}/titanic`);
    expect([made.visibility, made.description]).toEqual([
      'unlisted',
      'Who survived, <b>and why</b>',
    ]);
  });

  test('a private project is a 404 to strangers, and a public one is there for all', async ({
    page,
    ada,
    lab,
    browse,
  }) => {
    const stranger = await browse({ javaScriptEnabled: script });
    const hidden = await stranger.goto(`/${lab}`);
    expect(hidden!.status()).toBe(404);
    await expect(stranger.getByRole('heading', { level: 1 })).toHaveText(
      'Nothing here that you can see',
    );
    await expect(stranger.locator('main').getByRole('link', { name: 'Sign in' })).toHaveAttribute(
      'href',
      `/login?next=/${lab}`,
    );

    await stranger.goto(`/explore?q=${ada.name}`);
    await expect(stranger.getByText('Nothing matches')).toBeVisible();
    await page.goto(`/explore?q=${ada.name}`);
    await expect(page.getByRole('link', { name: lab })).toBeVisible();

    await page.goto(`/${lab}/settings`);
    await page.getByRole('radio', { name: /^Public/ }).check();
    await page.getByRole('button', { name: 'Change the visibility' }).click();
    const done = page.getByText('The visibility has been changed.');
    await expect(done).toBeVisible();
    await page.reload();
    await expect(done).toHaveCount(0);
    await expect(page.getByRole('radio', { name: /^Public/ })).toBeChecked();
    await expect.poll(async () => (await ada.rest.get(`projects/${lab}`)).visibility).toBe('public');

    const seen = await stranger.goto(`/${lab}`);
    expect(seen!.status()).toBe(200);
    await expect(stranger.getByRole('heading', { level: 1 })).toHaveText('lab');
    await stranger.goto(`/explore?q=${ada.name}`);
    await expect(stranger.getByRole('link', { name: lab })).toBeVisible();
  });

  test('a member may do what the role allows, until it is taken away', async ({
    page,
    ada,
    lab,
    browse,
    join,
  }) => {
    const other = await browse({ javaScriptEnabled: script });
    const bob = await join(other, 'bob');
    expect((await other.goto(`/${lab}`))!.status()).toBe(404);

    await page.goto(`/${lab}/members`);
    await page.getByLabel('Username').fill('nobody-of-this-name');
    await page.getByRole('button', { name: 'Add to the project' }).click();
    await expect(page.getByLabel('Username')).toHaveAttribute('aria-invalid', 'true');
    await expect(page.getByLabel('Username')).toHaveValue('nobody-of-this-name');

    await page.getByLabel('Username').fill(bob.name);
    await page.getByRole('radio', { name: /^Read/ }).check();
    await page.getByRole('button', { name: 'Add to the project' }).click();
    const row = page.getByRole('row', { name: new RegExp(bob.name) });
    await expect(row.getByLabel(`Role of ${bob.name}`)).toHaveValue('read');
    const role = async () => {
      const members = (await ada.rest.get(`projects/${lab}/members`)).items;
      return members.find((member: { user: string }) => member.user === bob.name)?.role;
    };
    expect(await role()).toBe('read');

    expect((await other.goto(`/${lab}`))!.status()).toBe(200);
    await expect(other.getByText('read only')).toBeVisible();
    await expect(other.getByRole('link', { name: 'Upload data' })).toHaveCount(0);
    expect((await other.goto(`/${lab}/upload`))!.status()).toBe(403);
    await expect(other.getByRole('heading', { level: 1 })).toHaveText(
      'Your role does not allow this',
    );
    expect(await bob.rest.status('POST', `projects/${lab}/datasets`, { name: 'x' })).toBe(403);

    await row.getByLabel(`Role of ${bob.name}`).selectOption('edit');
    await row.getByRole('button', { name: 'Change' }).click();
    await expect.poll(role).toBe('edit');
    await other.goto(`/${lab}`);
    await expect(other.getByRole('link', { name: 'Upload data' }).first()).toBeVisible();

    await page.goto(`/${lab}/members`);
    await row.getByText('Remove…').click();
    await row.getByRole('button', { name: `Remove ${bob.name}` }).click();
    await expect(row).toHaveCount(0);
    expect(await role()).toBeUndefined();
    expect((await other.goto(`/${lab}`))!.status()).toBe(404);
  });

  test('a project is deleted only when its name has been typed', async ({ page, ada, lab }) => {
    await page.goto(`/${lab}/settings`);
    await page.getByLabel('Type lab to confirm').fill('something else');
    await page.getByRole('button', { name: 'Delete the project' }).click();
    await expect(page.getByLabel('Type lab to confirm')).toHaveAccessibleDescription(/Type lab/);
    expect(await ada.rest.status('GET', `projects/${lab}`)).toBe(200);

    await page.getByLabel('Type lab to confirm').fill('lab');
    await page.getByRole('button', { name: 'Delete the project' }).click();
    await expect(page).toHaveURL(/\/dashboard$/);
    const said = page.getByText('lab was deleted.');
    await expect(said).toBeVisible();
    expect(await ada.rest.status('GET', `projects/${lab}`)).toBe(404);
    await page.reload();
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(said).toHaveCount(0);
  });
});
