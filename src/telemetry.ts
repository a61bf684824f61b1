/**
 * `node --import ./src/telemetry.ts src/main.ts`: OpenTelemetry, before any module that it instruments is loaded. Without
 * OTEL_EXPORTER_OTLP_ENDPOINT nothing of it is loaded, nor in threads, which inherit the flag.
 */
import { isMainThread } from 'node:worker_threads';

let telemetry: { stop(): Promise<void> } | undefined;

if (isMainThread) {
  const { loadSettings, SettingsError } = await import('#config/load.ts');
  try {
    const settings = loadSettings();
    if (settings.OTEL_EXPORTER_OTLP_ENDPOINT !== undefined)
      telemetry = (await import('./telemetry/index.ts')).startTelemetry(settings);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error; // main.ts tells what is wrong with the settings
  }
}

/** Sends what is left. */
export const stopTelemetry = async (): Promise<void> => telemetry?.stop();
