/** Maps settings to the options of each part. */
import type { DeclaredSetting, Settings } from '#config/load.ts';
import { SECRETS } from '#config/settings.ts';
import { parseSwitch } from '#config/switch.ts';
import type { PluginManifest } from '#core/plugin.ts';
import type { EmbeddingModel } from '#core/ports/embedding-model.ts';
import { envNameOf, type FeatureSwitch, type FeaturesOptions } from '#core/rollout/features.ts';
import { LOCAL_TENANT } from '#core/viewer.ts';
import { builtInAnswerer } from '../adapters/models/built-in.ts';

export const storeOptions = ({ POSTGRES_URL, DATABASE_POOL_SIZE }: Settings, dataDirectory: string) => ({
  ...(POSTGRES_URL === undefined ? {} : { postgresUrl: POSTGRES_URL }),
  poolSize: DATABASE_POOL_SIZE,
  dataDirectory,
});

export const modelOptions = (settings: Settings, encoder: EmbeddingModel | null) => ({
  openaiApiKey: settings.OPENAI_API_KEY,
  openaiBaseUrl: settings.OPENAI_BASE_URL,
  anthropicApiKey: settings.ANTHROPIC_API_KEY,
  light: settings.MODEL_LIGHT,
  balanced: settings.MODEL_BALANCED,
  strong: settings.MODEL_STRONG,
  // The judge may be a model that answers no turns.
  allowed: [settings.raw.get('JUDGE_MODEL')?.value ?? []].flat(),
  firstTokenTimeoutMs: settings.MODEL_FIRST_TOKEN_TIMEOUT,
  tokenTimeoutMs: settings.MODEL_TOKEN_TIMEOUT,
  prices: settings.MODEL_PRICES,
  contextTokens: settings.MODEL_CONTEXT_TOKENS,
  continuations: settings.MODEL_CONTINUATION,
  builtIn: builtInAnswerer(encoder),
});

/** Without authentication there is one viewer, who has all. */
export const viewerShare = ({ AUTH, VIEWER_SHARE }: Settings): number => (AUTH === 'none' ? 1 : VIEWER_SHARE);

/** Values that no log may hold: secrets of the settings, and passwords within their URLs. */
export function secretsOf({ raw }: Settings): string[] {
  return [...raw].flatMap(([name, { value }]) => {
    if (SECRETS.has(name) || /(KEY|SECRET|TOKEN|PASSWORD|PASSWD)S?$/.test(name)) return [value];
    const password = name.endsWith('_URL') && URL.canParse(value) ? new URL(value).password : '';
    return password === '' ? [] : [password, decodeURIComponent(password)];
  });
}

export const serverOptions = (settings: Settings) => ({
  host: settings.HOST,
  port: settings.PORT,
  auth: settings.AUTH,
  jwtSecret: settings.JWT_SECRET,
  jwtJwksUrl: settings.JWT_JWKS_URL,
  jwtIssuer: settings.JWT_ISSUER,
  jwtAudience: settings.JWT_AUDIENCE,
  maxRequestBytes: settings.MAX_REQUEST_BYTES,
  maxUploadBytes: settings.MAX_UPLOAD_BYTES,
  corsOrigins: settings.CORS_ORIGINS,
  trustedProxies: settings.TRUSTED_PROXIES,
  maxResponseBytes: settings.MAX_RESPONSE_BYTES,
  connections: { limit: settings.MAX_CONNECTIONS, share: viewerShare(settings) },
  graphiql: settings.GRAPHIQL ?? settings.PARLEY_ENV !== 'production',
  metricsAccess: { token: settings.METRICS_TOKEN, open: settings.PARLEY_ENV !== 'production' },
});

/** The switches and settings that plugins' manifests declare, with their defaults. */
export async function declaredSettings(manifests: readonly PluginManifest[]): Promise<DeclaredSetting[]> {
  const declared = new Map<string, DeclaredSetting>();
  for (const { name: plugin, feature, settings = {} } of manifests) {
    if (feature)
      declared.set(envNameOf(feature.name), {
        ...{ name: envNameOf(feature.name), default: feature.default },
        description: `Switch of the plugin ${plugin}: true, false or a percentage of viewers`,
      });
    for (const [name, schema] of Object.entries(settings)) {
      const result = await schema['~standard'].validate(undefined);
      const { description = `Of the plugin ${plugin}` } = schema as { readonly description?: string };
      declared.set(name, { name, description, default: result.issues ? undefined : result.value });
    }
  }
  return [...declared.values()];
}

/** Without authentication the one viewer is the platform's operator, whatever the tenant is called. */
export const featuresOptions = ({ AUTH }: Settings): FeaturesOptions =>
  AUTH === 'none' ? { platformTenant: LOCAL_TENANT } : {};

/** The switches that plugins declare, as the settings set them. */
export function featureSwitches({ raw }: Settings, manifests: readonly PluginManifest[]): FeatureSwitch[] {
  return manifests.flatMap(({ feature }) => {
    if (!feature) return [];
    const setting = raw.get(envNameOf(feature.name));
    const configured = setting && parseSwitch(setting.value);
    if (setting && !configured)
      throw new Error(`${envNameOf(feature.name)}: must be true, false or a percentage such as 25%`);
    return [configured && setting ? { ...feature, configured: { ...configured, source: setting.source } } : feature];
  });
}
