// A small world for the tests that only look: somebody's project in which everything is there once.
// Whoever comes first makes it; the others find it.
import { type APIRequestContext, request } from '@playwright/test';
import { IRIS, PASSWORD, expect, test as base } from './fixtures';
import { Rest, spec } from './rest';
import { circle, messy, people } from './tables';

type State = Awaited<ReturnType<APIRequestContext['storageState']>>;

/** What a browser of each of them remembers: it is signed in. */
export type World = Record<'irene' | 'newcomer' | 'reader', () => Promise<State>>;

/** For how long (ms) further browsers remember the same. After five minutes the first that comes is
 * given other cookies, and whoever comes with the old ones then ends the session of all. */
const FRESH = 180_000;

export const test = base.extend<object, { world: World }>({
  world: [async ({}, use) => use(await world()), { scope: 'worker', timeout: 120_000 }],
});

async function world(): Promise<World> {
  const [irene, rae] = [await enter('irene'), await enter('rae')];
  if (irene.fresh) await furnish(await scripts(irene.visitor));
  for (const { visitor } of [irene, rae]) await visitor.dispose();
  return { irene: signedIn('irene'), newcomer: signedIn('nora'), reader: signedIn('rae') };
}

/** What a browser of the person remembers, never for long. */
function signedIn(name: string): () => Promise<State> {
  let [state, until]: [State | undefined, number] = [undefined, 0];
  return async () => {
    if (!state || Date.now() > until) {
      const { visitor } = await enter(name);
      [state, until] = [await visitor.storageState(), Date.now() + FRESH];
      await visitor.dispose();
    }
    return state;
  };
}

/** Makes the account, or signs in to it. */
async function enter(name: string): Promise<{ visitor: APIRequestContext; fresh: boolean }> {
  const visitor = await request.newContext({ baseURL: process.env.MLHUB_URL });
  const account = { email: `${name}@example.org`, password: PASSWORD };
  const made = await visitor.post('/api/v1/signup', { data: { ...account, username: name } });
  if (!made.ok()) {
    expect((await visitor.post('/api/v1/login', { data: account })).ok()).toBe(true);
  }
  return { visitor, fresh: made.ok() };
}

/** The API for a token of the visitor. */
async function scripts(visitor: APIRequestContext): Promise<Rest> {
  const scopes = ['read', 'edit', 'manage'];
  const answer = await visitor.post('/api/v1/tokens', { data: { name: 'world', scopes } });
  return new Rest(process.env.MLHUB_URL!, (await answer.json()).token);
}

async function furnish(rest: Rest): Promise<void> {
  const project = 'irene/garden';
  const at = `projects/${project}`;
  const description = 'Irises, measured and predicted.';
  await rest.post('projects', { name: 'garden', visibility: 'public', description });
  await rest.post('projects', { name: 'shed', visibility: 'private' });
  await rest.post(`${at}/members`, { user: 'rae', role: 'read' });
  await rest.dataset(project, 'iris', IRIS);
  await rest.upload(`${at}/datasets/iris`, IRIS);
  await rest.dataset(project, 'people', people());
  await rest.dataset(project, 'messy', messy());
  await rest.dataset(project, 'broken', 'a,b\n"never closed');
  await rest.post(`${at}/datasets`, { name: 'empty' });

  const boosting = spec('classification', 'species', 'lightgbm', { trees: 20, min_leaf_rows: 5 });
  const ridge = spec('regression', 'petal_length', 'ridge', {});
  const slow = spec('classification', 'place', 'mlp', { epochs: 10_000, early_stopping: 0 });
  await rest.post(`${at}/models`, { name: 'species', spec: boosting });
  await rest.train(project, 'species', 'iris');
  await rest.train(project, 'species', 'iris');
  await rest.patch(`${at}/models/species`, {
    description: 'Which iris is it?',
    card: [
      '# Trained on 150 flowers',
      '',
      'It knows **no** other flower; see [Fisher](https://example.org).',
      '',
      '## Not for',
      '',
      '1. Roses',
      '2. Anything with `petals` that were never measured',
      '',
      '> Nature is larger.',
      '',
      '| species | flowers | measured by the botanist of the Gaspé peninsula |',
      '| --- | ---: | --- |',
      '| setosa | 50 | yes |',
      '',
      '```',
      'print("a line of code that is much longer than a phone is wide, so that it scrolls")',
      '```',
    ].join('\n'),
  });
  await rest.post(`${at}/models`, { name: 'petals', spec: ridge });
  await rest.train(project, 'petals', 'iris');
  await rest.dataset(project, 'points', circle(2_000));
  await rest.post(`${at}/models`, { name: 'places', spec: slow });
  await rest.post(`${at}/models/places/train`, { dataset: 'points' });
  await rest.until(`${at}/runs/4`, (run) => run.progress?.done > 1);
  expect(await rest.status('POST', `${at}/runs/4/cancel`)).toBe(202);
  await rest.ended(project, 4);
  await rest.post(`${at}/models`, { name: 'untrained', spec: boosting });
}
