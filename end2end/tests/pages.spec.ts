import type { Page } from '@playwright/test';
import { violations } from '../axe';
import { expect } from '../fixtures';
import { type World, test } from '../world';

type Look = {
  path: string;
  /** Signed in as; nobody when absent. */
  as?: keyof World;
  status?: number;
  /** What must be there: the page is the one that is meant. */
  shows: string | RegExp;
};

const garden = '/irene/garden';
const iris = `${garden}/datasets/iris`;

const LOOKS: Record<string, Look> = {
  landing: { path: '/', shows: 'From a table to a model' },
  'sign-up': { path: '/signup', shows: 'Make an account' },
  'sign-in': { path: '/login?next=/settings', shows: 'Sign in' },
  'set-up, when it is over': { path: '/setup', shows: 'has been set up' },
  explore: { path: '/explore', shows: 'irene/garden/species' },
  'explore, nothing found': { path: '/explore?q=nothing-like-this', shows: 'Nothing matches' },
  'API and keys': { path: '/docs', shows: '/api/v1/projects/{owner}/{project}/models' },
  'an address that leads nowhere': { path: '/no/such/page', status: 404, shows: 'Nothing here' },
  'what is private, to a stranger': { path: '/irene/shed', status: 404, shows: 'Nothing here' },
  'a public project': { path: garden, shows: 'Irises, measured and predicted.' },
  'a public dataset': { path: iris, shows: 'v2 · current' },
  'a public model': { path: `${garden}/models/species`, shows: 'What it looks at' },

  'the dashboard of a newcomer': { path: '/dashboard', as: 'newcomer', shows: 'Start here' },
  'the dashboard': { path: '/dashboard', as: 'irene', shows: 'Latest runs' },
  'a new project': { path: '/dashboard/new', as: 'irene', shows: 'Who sees it' },
  'the page of an owner': { path: '/irene', as: 'irene', shows: 'irene/shed' },
  'an empty project': { path: '/irene/shed', as: 'irene', shows: 'Begin with a table' },
  'no datasets': { path: '/irene/shed/datasets', as: 'irene', shows: 'No datasets yet' },
  'no models': { path: '/irene/shed/models', as: 'irene', shows: 'No models yet' },
  'no runs': { path: '/irene/shed/runs', as: 'irene', shows: 'No runs yet' },
  'a project': { path: garden, as: 'irene', shows: 'Latest runs' },
  datasets: { path: `${garden}/datasets`, as: 'irene', shows: 'messy' },
  'datasets, none found': { path: `${garden}/datasets?q=x9`, as: 'irene', shows: 'No datasets match' },
  models: { path: `${garden}/models`, as: 'irene', shows: 'not trained' },
  runs: { path: `${garden}/runs`, as: 'irene', shows: 'cancelled' },
  members: { path: `${garden}/members`, as: 'irene', shows: 'What roles allow' },
  'settings of a project': { path: `${garden}/settings`, as: 'irene', shows: 'Delete the project' },
  'what a role does not allow': {
    path: `${garden}/settings`,
    as: 'reader',
    status: 403,
    shows: 'Your role does not allow this',
  },
  upload: { path: `${garden}/upload`, as: 'irene', shows: 'Drop a file here' },
  'data of a dataset': { path: iris, as: 'irene', shows: 'sepal_length' },
  'data, filtered': { path: `${iris}?where=species:eq:setosa&q=1`, as: 'irene', shows: 'All rows' },
  'data, none fits': { path: `${iris}?q=nothing`, as: 'irene', shows: 'No rows fit' },
  'a row by itself': {
    path: `${garden}/datasets/people?where=age:null&row=2`,
    as: 'irene',
    shows: 'Place 2',
  },
  'a row with a long text': { path: `${garden}/datasets/messy?row=3`, as: 'irene', shows: 'Row 3' },
  'a row that is not there': { path: `${iris}?row=151`, as: 'irene', shows: 'No such row' },
  'a version that is not current': { path: `${iris}?version=1`, as: 'irene', shows: 'not current' },
  'profile of a dataset': { path: `${iris}?tab=profile`, as: 'irene', shows: 'standard deviation' },
  'profile with gaps': { path: `${garden}/datasets/people?tab=profile`, as: 'irene', shows: 'city' },
  'versions of a dataset': { path: `${iris}?tab=versions`, as: 'irene', shows: 'Make current' },
  'cells left out': { path: `${garden}/datasets/messy?tab=rejected`, as: 'irene', shows: 'the whole row' },
  'a messy table': { path: `${garden}/datasets/messy`, as: 'irene', shows: 'Left out' },
  'use of a dataset': { path: `${iris}?tab=use`, as: 'irene', shows: 'DuckDB' },
  'a file that could not be read': {
    path: `${garden}/datasets/broken`,
    as: 'irene',
    shows: 'could not be read',
  },
  'a dataset without data': { path: `${garden}/datasets/empty`, as: 'irene', shows: 'No data yet' },
  'training a model': { path: `${garden}/train?dataset=iris`, as: 'irene', shows: 'How it learns' },
  'training a neural network': {
    path: `${garden}/train?dataset=iris&target=petal_length&algorithm=mlp`,
    as: 'irene',
    shows: 'Settings of Neural network',
  },
  'the next version of a model': {
    path: `${garden}/train?model=species`,
    as: 'irene',
    shows: 'as the next version of species',
  },
  'a run, to be changed': {
    path: `${garden}/train?run=4`,
    as: 'irene',
    shows: 'as the next version of places',
  },
  'nothing to learn from': { path: '/irene/shed/train', as: 'irene', shows: 'No table to learn' },
  'a finished run': { path: `${garden}/runs/2`, as: 'irene', shows: 'Confusion matrix' },
  'a run of a regression': { path: `${garden}/runs/3`, as: 'irene', shows: 'Residuals' },
  'a cancelled run': { path: `${garden}/runs/4`, as: 'irene', shows: 'Cancelled' },
  'a model': { path: `${garden}/models/species`, as: 'irene', shows: 'Make champion' },
  'a version of a model': { path: `${garden}/models/species?version=1`, as: 'irene', shows: 'Try it' },
  'a regression': { path: `${garden}/models/petals`, as: 'irene', shows: 'Predicted and actual' },
  'a model without a version': {
    path: `${garden}/models/untrained`,
    as: 'irene',
    shows: 'Not trained yet',
  },
  profile: { path: '/settings', as: 'irene', shows: 'Name shown to people' },
  security: { path: '/settings/security', as: 'irene', shows: 'Where you are signed in' },
  tokens: { path: '/settings/tokens', as: 'irene', shows: 'Revoke…' },
  'no tokens': { path: '/settings/tokens', as: 'newcomer', shows: 'New token' },
  appearance: { path: '/settings/appearance', as: 'irene', shows: 'Colours' },
  'the pieces': { path: '/design', as: 'irene', shows: /\w/ },
};

/** The pages before the door, and those that say no, make nobody wait for wasm. */
const PLAIN = ['landing', 'sign-up', 'sign-in', 'API and keys', 'an address that leads nowhere'];

/** How wide a window may be: what the project has, and wider and narrower ones. */
const WIDTHS = { 'desktop-light': [2560, 1440, 768], 'mobile-dark': [390, 360, 320] };

for (const [name, look] of Object.entries(LOOKS)) {
  test.describe(name, () => {
    const { as } = look;
    test.use({ storageState: async ({ world }, use) => use(as && (await world[as]())) });

    test('has a title and one heading, is accessible, and fits every window', async ({
      page,
    }, info) => {
      const wasm: string[] = [];
      page.on('request', (asked) => {
        if (asked.url().includes('.wasm')) wasm.push(asked.url());
      });
      const answer = await page.goto(look.path);
      expect(answer!.status()).toBe(look.status ?? 200);
      await expect(page.locator('main')).toContainText(look.shows);
      await expect.soft(page).toHaveTitle(/^\S.* · ML Hub$/);
      await expect.soft(page.locator('h1')).toHaveCount(1);
      if (PLAIN.includes(name)) expect.soft(wasm).toEqual([]);

      expect.soft(await violations(page)).toEqual([]);
      for (const width of WIDTHS[info.project.name as keyof typeof WIDTHS]) {
        await page.setViewportSize({ width, height: 844 });
        expect.soft(await tooWide(page, width), `at ${width} px`).toEqual([]);
      }
      expect.soft(await menus(page)).toEqual([]);
    });
  });
}

/** What sticks out at the right of a window; nothing when the page does not scroll sideways. */
function tooWide(page: Page, width: number): Promise<string[]> {
  return page.evaluate((width) => {
    const { scrollWidth } = document.scrollingElement!;
    if (scrollWidth <= width) return [];
    const out = [...document.body.querySelectorAll('*')].filter((element) => {
      const { left, right } = element.getBoundingClientRect();
      return right > left && right > width + 1 && !element.parentElement!.closest('.scroll, pre');
    });
    const names = out.map((element) => `${element.tagName.toLowerCase()}.${element.className}`);
    return [`${scrollWidth} px wide`, ...names.slice(0, 5)];
  }, width);
}

/** What is wrong with the menus of a page once they are open. */
async function menus(page: Page): Promise<string[]> {
  const wrong: string[] = [];
  for (const menu of await page.locator('details[data-menu]').all()) {
    await menu.evaluate((details) => {
      (details as HTMLDetailsElement).open = true;
      details.id ||= 'opened';
    });
    const id = await menu.getAttribute('id');
    wrong.push(...(await violations(page, `#${id}`)));
    await menu.evaluate((details) => {
      (details as HTMLDetailsElement).open = false;
      if (details.id === 'opened') details.removeAttribute('id');
    });
  }
  return wrong;
}
