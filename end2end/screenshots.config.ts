// `npm run screenshots`: the pictures of the README, of the pages as they are now.
import { defineConfig } from '@playwright/test';
import config from './playwright.config';

export default defineConfig(config, {
  testDir: '.',
  testMatch: 'screenshots.ts',
  projects: [{ name: 'pictures' }],
});
