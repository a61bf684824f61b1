/** `npm run config`: every setting in force, and where its value came from. */
import { loadSettings, reportSettings, SettingsError } from '#config/load.ts';
import { declaredSettings } from '../src/app/options.ts';
import { builtInPlugins } from '../src/app/plugins.ts';

try {
  const settings = loadSettings();
  const rows = reportSettings(settings, await declaredSettings(await builtInPlugins(settings)));
  const width = (key: 'name' | 'value' | 'source') => Math.max(...rows.map((row) => row[key].length));
  for (const { name, value, source, description } of rows)
    console.log(
      `${name.padEnd(width('name'))}  ${value.padEnd(Math.min(width('value'), 40))}  ${source.toLowerCase().padEnd(11)}  ${description}`,
    );
} catch (error) {
  if (!(error instanceof SettingsError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
