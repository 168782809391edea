import { IRIS, expect, test } from '../fixtures';

type Param = {
  name: string;
  title: string;
  kind: string;
  min?: number;
  max?: number;
  unit: string;
  essential: boolean;
  help: string;
  default: unknown;
};

test('every hyperparameter that can be set is documented where the wizard leads', async ({
  page,
  ada,
  lab,
}) => {
  await ada.rest.dataset(lab, 'iris', IRIS);
  await page.goto(`/${lab}/train?dataset=iris`);
  await page.getByText('More settings').click();
  const link = page.getByRole('link', { name: /^What each setting does/ });
  const waiting = page.waitForEvent('popup');
  await link.click();
  const docs = await waiting;
  await expect(docs).toHaveURL('/docs#algorithm-lightgbm');
  const { items } = await ada.rest.get('algorithms');
  expect(items.length).toBeGreaterThan(4);
  for (const { kind, choose, params } of items as { kind: string; choose: string; params: Param[] }[]) {
    const section = docs.locator(`#algorithm-${kind}`);
    await expect(section).toContainText(choose);
    const rows = section.locator('tbody tr');
    await expect(rows).toHaveCount(params.length);
    for (const [place, param] of params.entries()) {
      const [name = '', values = '', standard = '', what] = await rows.nth(place).locator('td').allInnerTexts();
      expect(name).toContain(param.title);
      expect(name.split(/\s+/)).toContain(param.name);
      expect(name.includes('essential')).toBe(param.essential);
      expect(what).toBe(param.help);
      const plain = standard.replaceAll(/\s/g, '').replace('−', '-');
      expect(plain).toContain([param.default].flat().join(','));
      expect(standard).toContain(param.unit);
      if (Number.isInteger(param.max)) {
        expect(values.replaceAll(/\s/g, '')).toContain(`–${param.max}`);
      }
    }
  }
});
