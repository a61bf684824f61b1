import { loadSettings, SettingsError } from '#config/load.ts';
import { createApp } from './app.ts';

try {
  const app = await createApp(loadSettings());
  console.log(`Parley is ready at ${app.url}`);
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      if (stopping) process.exit(1); // asked twice
      stopping = true;
      void app.stop().then(() => process.exit(0));
    });
} catch (error) {
  console.error(
    error instanceof SettingsError
      ? error.message
      : error instanceof Error
        ? `Parley could not start: ${error.message}`
        : error,
  );
  process.exit(1);
}
