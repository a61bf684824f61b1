import { type DeclaredSetting, type Settings, SettingsError, unknownSettings } from '#config/load.ts';
import { parseSwitch } from '#config/switch.ts';
import { thirdPartyPlugins } from '#core/hooks/third-party.ts';
import type { PluginManifest } from '#core/plugin.ts';
import { envNameOf } from '#core/rollout/features.ts';
import { declaredSettings } from './options.ts';
import { builtInPlugins } from './plugins.ts';

export interface CheckedPlugins {
  readonly manifests: readonly PluginManifest[];
  readonly declared: readonly DeclaredSetting[];
}

/**
 * The built-in plugins, those of PARLEY_PLUGINS, and further ones. Throws one SettingsError with each setting and switch of a
 * plugin that is wrong, and each in config/ that nobody knows.
 */
export async function checkedPlugins(
  settings: Settings,
  further: readonly PluginManifest[] = [],
): Promise<CheckedPlugins> {
  const manifests = [
    ...(await builtInPlugins(settings)),
    ...(await thirdPartyPlugins(settings.PARLEY_PLUGINS)),
    ...further,
  ];
  const readable = manifests.filter((manifest) => typeof manifest === 'object' && manifest !== null);
  const declared = await declaredSettings(readable);
  const unknown = unknownSettings(settings, new Set(declared.map(({ name }) => name)));
  const problems = [...unknown, ...(await problemsOf(settings, readable))];
  if (problems.length > 0) throw new SettingsError(problems);
  return { manifests, declared };
}

/** Two plugins may declare the same setting: it is told once. */
async function problemsOf({ raw }: Settings, manifests: readonly PluginManifest[]): Promise<string[]> {
  const problems = new Map<string, string[]>();
  for (const { name: plugin, feature, settings = {} } of manifests) {
    const given = feature && raw.get(envNameOf(feature.name));
    if (feature && given && !parseSwitch(given.value))
      problems.set(envNameOf(feature.name), [
        `${envNameOf(feature.name)}: must be true, false or a percentage such as 25%`,
      ]);
    for (const [name, schema] of Object.entries(settings)) {
      const { issues = [] } = await schema['~standard'].validate(raw.get(name)?.value);
      if (issues.length > 0)
        problems.set(
          name,
          issues.map(({ message }) => `${name} (plugin ${plugin}): ${message}`),
        );
    }
  }
  return [...problems.values()].flat();
}
