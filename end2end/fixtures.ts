// What every test stands on: a browser that is watched, people, and a project of their own.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
  expect,
  test as base,
} from '@playwright/test';
import { Rest } from './rest';
import { sql } from './server';

export { expect };

/** Not easy to guess. */
export const PASSWORD = 'turbine plum archive';

/** The small table that ML Hub brings along: 150 irises of three species. */
export const IRIS = readFileSync(join(__dirname, '../fixtures/sample/iris.csv'), 'utf8');

/** A name that nobody has yet. */
export const unique = (word: string) => `${word}-${randomBytes(4).toString('hex')}`;

/** Somebody with an account, and with a token for what a test looks at behind the page. */
export type Person = { name: string; email: string; rest: Rest };

/** What the browsers of a test complain about: nothing, or the test fails. */
class Complaints {
  private readonly heard: { text: string; about: string }[] = [];
  private readonly refused = new Set<string>();
  private readonly expected: RegExp[] = [];

  watch(context: BrowserContext): void {
    context.on('console', (message) => {
      if (!['error', 'warning'].includes(message.type())) return;
      // Told with the place on the page, which no answer has in its address.
      const [about = ""] = message.location().url.split('#');
      this.heard.push({ text: message.text(), about });
    });
    context.on('weberror', (error) => {
      this.heard.push({ text: String(error.error()), about: error.page()?.url() ?? '' });
    });
    context.on('response', (answer) => {
      const about = answer.url();
      if (answer.status() >= 500) this.heard.push({ text: `answered ${answer.status()}`, about });
      else if (answer.request().isNavigationRequest()) this.refused.add(about);
    });
  }

  /** Names a complaint that belongs to what the test does. */
  expect(text: RegExp): void {
    this.expected.push(text);
  }

  /** A page that is refused with a status of its own is told in the console too: it is shown, and
   * the test looks at it. */
  all(): string[] {
    const refusal = /^Failed to load resource: .* status of 4\d\d/;
    return this.heard
      .filter(({ text, about }) => !(refusal.test(text) && this.refused.has(about)))
      .filter(({ text }) => !this.expected.some((known) => known.test(text)))
      .map(({ text, about }) => `${text} (${about})`);
  }
}

type Fixtures = {
  /** Fails the test that a browser complains in. */
  complaints: Complaints;
  /** The REST API for everybody. */
  rest: Rest;
  /** A page of another browser. */
  browse: (options?: BrowserContextOptions) => Promise<Page>;
  /** Makes an account, and signs it in in the browser of `page`. */
  join: (page: Page, word: string) => Promise<Person>;
  /** Somebody who is signed in in `page`. */
  ada: Person;
  /** An empty private project of hers: `ada-1f2e3d4c/lab`. */
  lab: string;
};

export const test = base.extend<Fixtures>({
  baseURL: async ({}, use) => use(url()),

  complaints: [
    async ({ context }, use) => {
      const complaints = new Complaints();
      complaints.watch(context);
      await use(complaints);
      expect(complaints.all(), 'what the browser complains about').toEqual([]);
    },
    { auto: true },
  ],

  rest: async ({}, use) => use(new Rest(url())),

  browse: async (
    { browser, complaints, baseURL, viewport, colorScheme, locale, timezoneId, contextOptions },
    use,
  ) => {
    const opened: BrowserContext[] = [];
    const same = { baseURL, viewport, colorScheme, locale, timezoneId, ...contextOptions };
    await use(async (options) => {
      const context = await browser.newContext({ ...same, ...options });
      complaints.watch(context);
      opened.push(context);
      return context.newPage();
    });
    for (const context of opened) await context.close();
  },

  join: async ({}, use) => use(signUp),

  ada: async ({ page }, use) => use(await signUp(page, 'ada')),

  lab: async ({ ada }, use) => {
    await ada.rest.post('projects', { name: 'lab' });
    await use(`${ada.name}/lab`);
  },
});

/** As if somebody had given their password a quarter of an hour ago. */
export async function late({ name }: Person): Promise<void> {
  const theirs = `user_id = (SELECT id FROM owners WHERE name = '${name}')`;
  const given = `authenticated_at = authenticated_at - interval '15 min'`;
  await sql(process.env.MLHUB_DATA!, `UPDATE sessions SET ${given} WHERE ${theirs}`);
}

function url(): string {
  const url = process.env.MLHUB_URL;
  if (!url) throw new Error('start.ts sets MLHUB_URL');
  return url;
}

async function signUp(page: Page, word: string): Promise<Person> {
  const name = unique(word);
  const email = `${name}@example.org`;
  const { request } = page.context();
  const account = { email, username: name, password: PASSWORD };
  expect((await request.post('/api/v1/signup', { data: account })).status()).toBe(201);
  const answer = await request.post('/api/v1/tokens', {
    data: { name: 'test', scopes: ['read', 'edit', 'manage'] },
  });
  const { token } = await answer.json();
  return { name, email, rest: new Rest(url(), token) };
}

/** Waits until the living parts of a page have woken up. */
export async function awake(page: Page): Promise<void> {
  await page.locator('html[data-hydrated]').waitFor({ state: 'attached' });
}

/** Runs the tests of `body` in a browser with scripts, and in one without. */
export function withAndWithoutScript(body: (script: boolean) => void): void {
  for (const script of [true, false]) {
    test.describe(script ? 'with script' : 'without script', () => {
      test.use({ javaScriptEnabled: script });
      body(script);
    });
  }
}
