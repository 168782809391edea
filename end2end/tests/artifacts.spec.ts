import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { violations } from '../axe';
import { IRIS, expect, test, withAndWithoutScript } from '../fixtures';
import { spec } from '../rest';

const SPEC = spec('classification', 'species', 'logistic', {});

withAndWithoutScript((script) => {
  test('a run has its files to take away', async ({ page, ada, lab }) => {
    await ada.rest.dataset(lab, 'iris', IRIS);
    await ada.rest.post(`projects/${lab}/models`, { name: 'species', spec: SPEC });
    await ada.rest.train(lab, 'species', 'iris');
    await page.goto(`/${lab}/runs/1`);
    const card = page.locator('#artifacts');
    const version = await ada.rest.get(`projects/${lab}/models/species/versions/1`);
    await expect(card.getByTitle(version.sha256)).toHaveText(version.sha256);
    if (script) expect(await violations(page)).toEqual([]);

    const fetched = async (name: string) => {
      const waiting = page.waitForEvent('download');
      await card.getByRole('link', { name }).click();
      const download = await waiting;
      expect(download.suggestedFilename()).toBe(name);
      return readFileSync(await download.path());
    };
    const model = await fetched('species-v1.mlhub');
    expect(model.length).toBe(version.size);
    expect(createHash('sha256').update(model).digest('hex')).toBe(version.sha256);
    const report = JSON.parse((await fetched('species-v1-evaluation.json')).toString());
    expect(report.metrics).toEqual(version.metrics);
    const log = (await fetched('lab-run-1.log')).toString();
    for (const line of await page.locator('.log > div').allInnerTexts()) {
      expect(log).toContain(line.split('\n').at(-1)!.trim().replace(/^\d\d:\d\d:\d\d\s*/, ''));
    }
  });
});

test('a SHA-256 is copied whole, however little of it is seen', async ({ page, ada, lab, context }) => {
  await ada.rest.dataset(lab, 'iris', IRIS);
  await ada.rest.post(`projects/${lab}/models`, { name: 'species', spec: SPEC });
  await ada.rest.train(lab, 'species', 'iris');
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto(`/${lab}/runs/1`);
  const { sha256 } = await ada.rest.get(`projects/${lab}/models/species/versions/1`);
  await page.locator('#artifacts').getByRole('button', { name: 'Copy' }).click();
  await expect(page.getByText('Copied', { exact: true })).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(sha256);
});
