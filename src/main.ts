/** Loads the settings, starts the app, stops it on a signal. */
import { loadSettings, SettingsError } from '#config/load.ts';
import { fault } from '#core/runtime/diagnostics.ts';
import { createApp } from './app/index.ts';
import { stopTelemetry } from './telemetry.ts';

try {
  const app = await createApp(loadSettings());
  console.log(`Parley is ready at ${app.url}`);
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
