/** `npm run service -- NAME`: starts the service of services/NAME, stops it on a signal. */
import { globSync } from 'node:fs';
import { loadSettings, SettingsError } from '#config/load.ts';
import { fitToOneCore } from '../src/app/one-core.ts';
import { runUntilSignal } from '../src/app/until-signal.ts';
import type { ServiceDefinition } from './host/definition.ts';
import { startService } from './host/service.ts';

const names = globSync('*/main.ts', { cwd: import.meta.dirname }).map((path) => path.split(/[\\/]/)[0] ?? '');
const [, , name = ''] = process.argv;

fitToOneCore();
await runUntilSignal(name, async () => {
  if (!names.includes(name))
    throw new SettingsError([`no service ${JSON.stringify(name)}; there are: ${names.sort().join(', ')}`]);
  const module: { readonly default: ServiceDefinition } = await import(`./${name}/main.ts`);
  return startService(module.default, loadSettings());
});
