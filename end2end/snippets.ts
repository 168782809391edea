// Code on pages, run as it is printed.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Page } from '@playwright/test';

/** The code called `title` on the page at `path`. */
export async function printed(page: Page, path: string, title: string): Promise<string> {
  await page.goto(path);
  return page.getByRole('region', { name: title, exact: true }).innerText();
}

/** Runs a shell command; what it says. */
export const shell = (code: string, token?: string) => run('bash', code, token);

/** Runs Python that has the packages of fixtures/requirements.txt; what it says. */
export function python(code: string, token?: string): Promise<string> {
  const interpreter = process.env.FIXTURES_PYTHON;
  if (!interpreter) throw new Error('set FIXTURES_PYTHON to a Python as fixtures/ needs it');
  return run(interpreter, code, token);
}

/** In an environment that knows nothing but the token. */
async function run(program: string, code: string, token?: string): Promise<string> {
  const env = { PATH: process.env.PATH, ...(token && { MLHUB_TOKEN: token }) };
  return (await promisify(execFile)(program, ['-c', code], { env })).stdout;
}
