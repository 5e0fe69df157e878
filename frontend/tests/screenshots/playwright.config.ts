// `npm run screenshots`: pictures of every page in every state, for people.
import { defineConfig } from '@playwright/test';
import tests from '../../playwright.config';

export default defineConfig({
  ...tests,
  testDir: '.',
  outputDir: '../../test-results',
  testMatch: 'screenshots.ts',
  projects: (tests.projects ?? []).map(({ testIgnore: _, ...project }) => project),
});
