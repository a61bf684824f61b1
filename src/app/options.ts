/** What the settings make of each part's options. */
import type { Settings } from '#config/load.ts';
import { parseSwitch } from '#config/settings.ts';
import { envNameOf, type FeatureSwitch } from '#core/hooks/features.ts';
import type { PluginManifest } from '#core/plugin.ts';
import type { EmbeddingModel } from '#core/ports/embedding-model.ts';
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
  firstTokenTimeoutMs: settings.MODEL_FIRST_TOKEN_TIMEOUT,
  tokenTimeoutMs: settings.MODEL_TOKEN_TIMEOUT,
  prices: settings.MODEL_PRICES,
  builtIn: builtInAnswerer(encoder),
});

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
  logLevel: settings.LOG_LEVEL,
  graphiql: settings.GRAPHIQL ?? settings.PARLEY_ENV !== 'production',
  metricsAccess: { token: settings.METRICS_TOKEN, open: settings.PARLEY_ENV !== 'production' },
});

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
