// What Lighthouse finds on a page, as a telephone that nobody has signed in on sees it.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import config from './playwright.config';

const PROGRAM = join(__dirname, 'node_modules/lighthouse/cli/index.js');

export type Report = {
  /** Out of 100. The speed is left out: it is that of the machine as much as of the page. */
  scores: { accessibility: number; 'best-practices': number; seo: number };
  /** `audit: title` of each check that does not hold. */
  failures: string[];
  /** How much the page moves while it loads (cumulative layout shift). */
  shift: number;
  /** What comes over the wire, in bytes. */
  bytes: number;
};

const JUDGED = ['accessibility', 'best-practices', 'seo'] as const;

type Category = { score: number | null; auditRefs: { id: string; weight: number }[] };
type Audit = { title: string; score: number | null; numericValue?: number };
type Raw = {
  categories: { [name in (typeof JUDGED)[number]]: Category };
  audits: { [id: string]: Audit | undefined };
};

/** Looks at a page; takes about ten seconds. */
export async function lighthouse(address: string): Promise<Report> {
  const { executablePath, args } = config.use!.launchOptions!;
  const given = [
    address,
    '--quiet',
    '--output=json',
    '--output-path=stdout',
    `--chrome-flags=${['--headless=new', ...args!].join(' ')}`,
  ];
  const env = { ...process.env, CHROME_PATH: executablePath };
  const look = () =>
    promisify(execFile)(process.execPath, [PROGRAM, ...given], { env, maxBuffer: 64 << 20 });
  // Now and then Chromium records no trace on a busy machine; that says nothing of the page.
  const { stdout } = await look().catch((error) => {
    if (String(error.stderr).includes('recording the trace')) return look();
    throw error;
  });
  const { categories, audits }: Raw = JSON.parse(stdout);
  const scores = JUDGED.map((name) => [name, Math.round((categories[name].score ?? 0) * 100)]);
  const weighed = JUDGED.flatMap((name) => categories[name].auditRefs).filter((a) => a.weight > 0);
  const failures = weighed.flatMap(({ id }) => {
    const { title, score } = audits[id]!;
    return score !== null && score < 1 ? [`${id}: ${title}`] : [];
  });
  const measured = (id: string) => audits[id]?.numericValue ?? NaN;
  return {
    scores: Object.fromEntries(scores),
    failures,
    shift: measured('cumulative-layout-shift'),
    bytes: measured('total-byte-weight'),
  };
}
