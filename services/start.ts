/** `npm run service -- NAME`: starts the service of services/NAME, stops it on a signal. */
import { globSync } from 'node:fs';
import { loadSettings, SettingsError } from '#config/load.ts';
import { fault } from '#core/runtime/diagnostics.ts';
import { stopTelemetry } from '../src/telemetry.ts';
import type { ServiceDefinition } from './host/definition.ts';
import { startService } from './host/service.ts';

const names = globSync('*/main.ts', { cwd: import.meta.dirname }).map((path) => path.split(/[\\/]/)[0] ?? '');
const [, , name = ''] = process.argv;

try {
  if (!names.includes(name))
    throw new SettingsError([`no service ${JSON.stringify(name)}; there are: ${names.sort().join(', ')}`]);
  const module: { readonly default: ServiceDefinition } = await import(`./${name}/main.ts`);
  const service = await startService(module.default, loadSettings());
  console.log(`${name} is ready at ${service.url}`);
  process.on('unhandledRejection', (error) => fault('process', 'a rejection that nobody handled', error));
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      if (stopping) process.exit(1); // asked twice
      stopping = true;
      void service
        .stop()
        .then(stopTelemetry)
        .then(() => process.exit(0));
    });
} catch (error) {
  const known = error instanceof SettingsError ? error.message : undefined;
  console.error(known ?? (error instanceof Error ? `${name} could not start: ${error.message}` : error));
  process.exit(1);
}
