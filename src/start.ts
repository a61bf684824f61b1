/** Loads the settings, starts the app, stops it on a signal. */
import { flushCompileCache } from 'node:module';
import { loadSettings, SettingsError } from '#config/load.ts';
import { fault } from '#core/runtime/diagnostics.ts';
import { openEarly } from './app/early-database.ts';
import { stopTelemetry } from './telemetry.ts';

try {
  const settings = loadSettings();
  const database = openEarly(settings);
  const { createApp } = await import('./app/index.ts');
  const app = await createApp(settings, database && { database });
  console.log(`Parley is ready at ${app.url}`);
  // Now and not at the end, which a killed process does not reach: the next start finds what this one compiled.
  setImmediate(flushCompileCache);
  // A rejection that nothing handles (of a plugin, for example) is logged and ends no stream.
  process.on('unhandledRejection', (error) => fault('process', 'a rejection that nobody handled', error));
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      if (stopping) process.exit(1); // asked twice
      stopping = true;
      void app
        .stop()
        .then(stopTelemetry)
        .then(() => process.exit(0));
    });
} catch (error) {
  const known = error instanceof SettingsError ? error.message : undefined;
  console.error(known ?? (error instanceof Error ? `Parley could not start: ${error.message}` : error));
  process.exit(1);
}
