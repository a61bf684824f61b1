import { expect, test } from 'vitest';
import { loadSettings } from '#config/load.ts';
import { checkedPlugins } from './checked-plugins.ts';

const check = (environment: Readonly<Record<string, string>>) =>
  checkedPlugins(loadSettings({ environment: { PARLEY_ENV: 'test', ...environment } }));

test('every wrong setting and switch of a plugin is told at once, each once', async () => {
  const wrong = { ENABLE_CACHING: '101%', CACHE_TTL: '-1', QUALITY_SAMPLE: '7', INTENT_LABELS: '/no/labels.csv' };
  await expect(check(wrong)).rejects.toMatchObject({
    name: 'SettingsError',
    problems: [
      expect.stringMatching(/^INTENT_LABELS \(plugin intent\): .*cannot be read/),
      'ENABLE_CACHING: must be true, false or a percentage such as 25%',
      expect.stringMatching(/^CACHE_TTL \(plugin .*cache\): must be a whole number from 1/),
      expect.stringMatching(/^QUALITY_SAMPLE \(plugin quality\)/),
    ],
  });
});

test('settings of a third party’s plugin are known and checked like those of the others', async () => {
  const hello = { PARLEY_PLUGINS: './examples/plugin-hello/index.ts' };
  const { declared } = await check(hello);
  expect(declared.map(({ name }) => name)).toEqual(expect.arrayContaining(['ENABLE_HELLO', 'HELLO_NAME', 'CACHE_TTL']));
  await expect(check({ ...hello, HELLO_NAME: 'x'.repeat(51) })).rejects.toThrow(/HELLO_NAME \(plugin hello\)/);
});
