import { writeFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { IRIS, awake, expect, test, withAndWithoutScript } from '../fixtures';
import { circle } from '../tables';

/** Sets how many bytes a page sends in a second; as many as it likes when there is no number. */
async function throttle(page: Page): Promise<(uploadThroughput?: number) => Promise<void>> {
  const wire = await page.context().newCDPSession(page);
  await wire.send('Network.enable');
  const others = { offline: false, latency: 0, downloadThroughput: -1 };
  return async (uploadThroughput = -1) => {
    await wire.send('Network.emulateNetworkConditions', { ...others, uploadThroughput });
  };
}

test('an upload says how far it is, and once it is stopped nothing is kept', async ({
  page,
  ada,
  lab,
}) => {
  const text = circle(100_000);
  const dataset = `projects/${lab}/datasets/points`;
  const bar = page.getByRole('progressbar', { name: 'Upload' });
  const upload = page.getByRole('button', { name: 'Upload', exact: true });
  await page.goto(`/${lab}/upload`);
  await awake(page);
  await page.getByLabel('Name').fill('points');
  const file = { name: 'points.csv', mimeType: 'text/csv', buffer: Buffer.from(text) };
  await page.getByLabel(/Drop a file here/).setInputFiles(file);
  const throttled = await throttle(page);
  await throttled(200_000);
  await upload.click();

  const said = page.getByText(/ of .+ · .+\/s · about .+ left$/);
  const all = (await said.innerText()).match(/of ([\d.]+)\sMiB/)?.[1];
  expect(Number(all)).toBeCloseTo(text.length / 2 ** 20, 0);
  const share = async () => Number(await bar.getAttribute('aria-valuenow'));
  const before = await share();
  await expect.poll(share).toBeGreaterThan(before + 2);
  expect(await share()).toBeLessThan(90);
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect(page.getByText('Stopped. Nothing was kept; the file is still chosen.')).toBeVisible();
  await expect(bar).toHaveCount(0);
  await expect(page).toHaveURL(`/${lab}/upload`);
  expect(await ada.rest.status('GET', dataset)).toBe(404);

  await throttled();
  await upload.click();
  await expect(page).toHaveURL(`/${lab}/datasets/points`);
  const version = await ada.rest.read(dataset, 1);
  expect([version.state, version.rows]).toEqual(['ready', 100_000]);
  expect((await ada.rest.get(`${dataset}/versions`)).total).toBe(1);
});

withAndWithoutScript((script) => {
  test('a file is taken where it is dropped', async ({ page, ada, lab }, info) => {
    const file = info.outputPath('Dropped flowers.csv');
    writeFileSync(file, IRIS);
    await page.goto(`/${lab}/upload`);
    if (script) await awake(page);
    if (!script) await page.getByLabel('Name').fill('dropped-flowers');
    const zone = page.locator('[data-drop]');
    // Without script the file input does not cover its zone: the browser shows its name in it.
    const target = script ? zone : zone.locator('input');
    const { x, y, width, height } = (await target.boundingBox())!;
    const wire = await page.context().newCDPSession(page);
    const drag = (type: 'dragEnter' | 'dragOver' | 'drop') =>
      wire.send('Input.dispatchDragEvent', {
        type,
        x: x + width / 2,
        y: y + height / 2,
        data: { items: [], files: [file], dragOperationsMask: 1 },
      });
    await drag('dragEnter');
    await drag('dragOver');
    if (script) await expect(zone).toHaveClass(/\bover\b/);
    await drag('drop');
    if (script) {
      await expect(zone).not.toHaveClass(/\bover\b/);
      await expect(zone).toContainText('Dropped flowers.csv');
      await expect(page.getByLabel('Name')).toHaveValue('dropped-flowers');
    }
    await page.getByRole('button', { name: 'Upload', exact: true }).click();
    await expect(page).toHaveURL(`/${lab}/datasets/dropped-flowers`);
    const version = await ada.rest.read(`projects/${lab}/datasets/dropped-flowers`, 1);
    expect([version.original_name, version.rows]).toEqual(['Dropped flowers.csv', 150]);
  });
});

test('of two files that are dropped none is taken, and the zone says why', async ({
  page,
  lab,
}, info) => {
  const files = ['a.csv', 'b.csv'].map((name) => info.outputPath(name));
  for (const file of files) writeFileSync(file, IRIS);
  await page.goto(`/${lab}/upload`);
  await awake(page);
  const { x, y, width, height } = (await page.locator('[data-drop]').boundingBox())!;
  const wire = await page.context().newCDPSession(page);
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await wire.send('Input.dispatchDragEvent', {
      type,
      x: x + width / 2,
      y: y + height / 2,
      data: { items: [], files, dragOperationsMask: 1 },
    });
  }
  await expect(page.locator('[data-chosen]')).toHaveText(/^One file at a time/);
  const held = (input: HTMLInputElement) => input.files!.length;
  expect(await page.getByLabel(/Drop a file here/).evaluate(held)).toBe(0);
});
