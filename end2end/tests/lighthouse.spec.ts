import { expect } from '../fixtures';
import { lighthouse } from '../lighthouse';
import { test } from '../world';

/** What a stranger sees, and how many bytes it may weigh. */
const PAGES = {
  '/': 150_000,
  '/login': 150_000,
  '/irene/garden': 150_000,
  '/irene/garden/datasets/iris': 200_000,
  '/irene/garden/models/species': 800_000,
};

for (const [path, most] of Object.entries(PAGES)) {
  test(`Lighthouse finds nothing to mend at ${path}`, async ({ world }) => {
    expect(world).toBeDefined();
    const { scores, failures, shift, bytes } = await lighthouse(process.env.MLHUB_URL + path);
    expect.soft(failures).toEqual([]);
    expect.soft(scores).toEqual({ accessibility: 100, 'best-practices': 100, seo: 100 });
    expect.soft(shift).toBeLessThan(0.01);
    expect.soft(bytes).toBeLessThan(most);
  });
}
