import { expect, test } from 'vitest';
import { pluginContext, unprepared } from '../../../test/support/plugin-context.ts';
import { wrong } from '../../../test/support/wrong.ts';
import type { PassageFeed } from '../documents/passage-feed.ts';
import { CONTRACT_VERSION, definePlugin, type PluginManifest, type PluginModels } from '../plugin.ts';
import { installPlugins } from './install.ts';

const schema = (least: number) => ({
  '~standard': {
    version: 1 as const,
    validate: (value: unknown) =>
      String(value ?? '').length >= least
        ? { value: String(value) }
        : { issues: [{ message: `needs ${least} characters` }] },
  },
});
const feed: PassageFeed = {
  house: unprepared('passages'),
  changed: () => undefined,
  start: async () => undefined,
  stop: () => undefined,
};
const install = (plugins: readonly PluginManifest[], environment: Record<string, string> = {}) =>
  installPlugins({
    ...pluginContext(),
    plugins,
    settings: (name) => environment[name],
    dataDirectory: '/nonexistent',
    feed,
    models: unprepared<PluginModels>('models'),
  });
const plain = (name: string, more: object = {}) =>
  ({ name, version: '1.0.0', contract: CONTRACT_VERSION, setup: () => ({}), ...more }) as PluginManifest;

test('every problem of every plugin is named at once', async () => {
  const plugins = [
    plain('a', { dependsOn: ['z'], settings: { A_KEY: schema(3) } }),
    plain('a'),
    plain('Not Kebab', { version: 'one' }),
    plain('b', { feature: { name: 'B!', default: true } }),
  ];
  const error = await install(plugins, { A_KEY: 'x' }).catch((thrown: Error) => thrown.message);
  for (const problem of [
    'plugin a: needs plugin z before it',
    'A_KEY (plugin a): needs 3 characters',
    'plugin a: stands twice',
    'name must be kebab-case',
    'version must be semver',
    'plugin b: feature must be',
  ])
    expect(error).toContain(problem);
});

test('a plugin gets its settings parsed and frozen, and must answer hooks', async () => {
  let given: unknown;
  const plugin = definePlugin({
    name: 'a',
    version: '1.0.0',
    contract: CONTRACT_VERSION,
    settings: { A_KEY: schema(1) },
    setup({ settings }) {
      given = settings;
      return { understand: () => undefined };
    },
  });
  const [installed] = await install([plugin], { A_KEY: 'value' });
  expect(given).toEqual({ A_KEY: 'value' });
  expect(Object.isFrozen(given)).toBe(true);
  expect(Object.keys(installed?.hooks ?? {})).toEqual(['understand']);
  await expect(install([plain('a', { setup: () => ({ retrieve: 42 }) })])).rejects.toThrow(
    'plugin a: retrieve must be functions',
  );
  await expect(install([plain('a', { setup: () => undefined })])).rejects.toThrow(
    'plugin a: setup must return an object',
  );
});

test('a manifest of unknown origin that is none is said to be none', async () => {
  await expect(install([wrong(undefined)])).rejects.toThrow('export default definePlugin');
});

test('a plugin for another version of the contract is refused, with what to do', async () => {
  const old = { name: 'old', version: '1.0.0', setup: () => ({}) } as unknown as PluginManifest;
  await expect(install([old])).rejects.toThrow(/plugin old: is written for version 1 .* this Parley has version 2/);
  await expect(install([plain('new', { contract: 3 })])).rejects.toThrow(/version 3 of the plugin contract/);
});

test('metrics are declared with snake_case names and known types', async () => {
  await expect(install([plain('a', { metrics: { 'Bad-Name': { type: 'counter', help: 'x' } } })])).rejects.toThrow(
    /metric Bad-Name must be/,
  );
});
