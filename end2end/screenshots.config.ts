// `npm run screenshots`: the pictures of the README, of the pages as they are now.
import config from './playwright.config';

// Not by `defineConfig`, which would add to the projects of the tests instead of replacing them.
export default {
  ...config,
  testDir: '.',
  testMatch: 'screenshots.ts',
  projects: [{ name: 'pictures' }],
};
