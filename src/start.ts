/** Loads the settings, starts the app, stops it on a signal. */
import { flushCompileCache } from 'node:module';
import { loadSettings } from '#config/load.ts';
import { openEarly } from './app/early-database.ts';
import { fitToOneCore } from './app/one-core.ts';
import { runUntilSignal } from './app/until-signal.ts';

fitToOneCore();
await runUntilSignal('Parley', async () => {
  const settings = loadSettings();
  const database = openEarly(settings);
  const { createApp } = await import('./app/index.ts');
  const app = await createApp(settings, database && { database });
  // Now and not at the end, which a killed process does not reach: the next start finds what this one compiled.
  setImmediate(flushCompileCache);
  return app;
});
