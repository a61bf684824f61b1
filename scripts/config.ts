/** `npm run config`: every setting in force, and where its value came from; or all that is wrong. */
import { loadSettings, reportSettings } from '#config/load.ts';
import { checkedPlugins } from '../src/app/checked-plugins.ts';

try {
  const settings = loadSettings();
  const { declared } = await checkedPlugins(settings);
  const rows = reportSettings(settings, declared);
  const width = (key: 'name' | 'value' | 'source') => Math.max(...rows.map((row) => row[key].length));
  for (const { name, value, source, description } of rows)
    console.log(
      `${name.padEnd(width('name'))}  ${value.padEnd(Math.min(width('value'), 40))}  ${source.toLowerCase().padEnd(11)}  ${description}`,
    );
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
