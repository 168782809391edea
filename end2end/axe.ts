// Accessibility, as far as a program can judge it: axe finds a third to a half of what is wrong.
import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';

const SOURCE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What axe finds on a page, or in one part of it: `rule: element: why`. */
export async function violations(page: Page, within?: string): Promise<string[]> {
  // Not by a script element: the page's own policy forbids foreign ones, as it should.
  await page.evaluate(SOURCE);
  return page.evaluate(
    async ([rules, within]) => {
      const { axe } = window as unknown as { axe: typeof import('axe-core') };
      const found = await axe.run(within ?? document, {
        runOnly: rules,
        resultTypes: ['violations'],
      });
      return found.violations.flatMap(({ id, nodes }) =>
        nodes.map((node) => {
          const why = node.failureSummary?.split('\n').slice(1).join(' ').trim();
          return `${id}: ${node.target.join(' ')}: ${why}`;
        }),
      );
    },
    [RULES, within] as const,
  );
}
