import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const UNITS = ['src/**/*.test.ts', 'config/**/*.test.ts', 'test/*.test.ts'];
/** Servers that are killed again and again: `npm run test:chaos`, and CI. */
const KILLS = ['test/chaos/*.test.ts'];
/** In Chromium, with a model that takes its time: `npm run test:page`, and CI. */
const OF_PAGE = ['test/e2e/page/*.test.ts'];
/** The HTTP server seen by its clients. */
const OF_SERVER = ['test/e2e/server/*.test.ts'];
/** V8's baseline compiler alone for WebAssembly: optimising the embedded PostgreSQL takes more CPU than a test gets back. */
const STARTS_DATABASES = { execArgv: ['--liftoff-only'] };
const STARTS_SERVERS = ['src/adapters/postgres/*.test.ts'];

export default defineConfig({
  // As Node resolves it: Vite would take its ES modules beside the CommonJS ones that libraries load, and GraphQL must be one.
  resolve: { alias: [{ find: /^graphql$/, replacement: fileURLToPath(import.meta.resolve('graphql')) }] },
  test: {
    globalSetup: ['test/support/global-setup.ts'],
    // Limits for a machine that is slow and busy. Waiting ends as soon as it holds, so no test needs a limit of its own.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 60_000 } },
    maxWorkers: 3,
    projects: [
      // Pure code, and what stops what it starts: one process loads it once for all files.
      {
        test: {
          name: 'units',
          include: UNITS,
          exclude: STARTS_SERVERS,
          isolate: false,
          setupFiles: ['test/support/real-timers.ts'],
        },
      },
      // Six short files that replace no modules: a worker loads the server once for all of them, not once a file.
      { test: { name: 'server', include: OF_SERVER, isolate: false, ...STARTS_DATABASES } },
      {
        test: {
          name: 'whole',
          include: [...STARTS_SERVERS, 'test/*/**/*.test.ts'],
          exclude: [...KILLS, ...OF_SERVER, ...OF_PAGE],
          ...STARTS_DATABASES,
        },
      },
      { test: { name: 'page', include: OF_PAGE, ...STARTS_DATABASES } },
      { test: { name: 'chaos', include: KILLS, ...STARTS_DATABASES } },
    ],
  },
});
