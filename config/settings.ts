/** Every setting, once: its name in the environment, its form, its default, what it is for. Read by config/load.ts alone. */
import { z } from 'zod';
import {
  contextTable,
  continuationTable,
  embeddingModel,
  isNetwork,
  list,
  model,
  priceTable,
  SAMPLERS,
  share,
  text,
  url,
  wholeNumber,
} from './forms.ts';

export const settingsSchema = {
  PARLEY_ENV: z
    .enum(['development', 'production', 'test'], 'must be development, production or test')
    .default('development')
    .describe('Which file of config/ is read'),
  PORT: wholeNumber(0, 65535, 4000).describe('Port to listen on; 0 takes a free one'),
  HOST: z.string().default('127.0.0.1').describe('Address to listen on'),
  ROLE: z
    .enum(['web', 'worker', 'all'], 'must be web, worker or all')
    .default('all')
    .describe('web: answers clients; worker: ingests documents and evaluates; all: both'),
  DATA_DIR: z.string().default('.data').describe('Folder of the embedded database and of derived data'),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'], 'must be trace, debug, info, warn, error or silent')
    .default('info')
    .describe('Minimum log level'),
  GENERATION_LEASE: wholeNumber(1_000, 600_000, 10_000).describe(
    'Milliseconds without a sign of life after which another server resumes an answer',
  ),
  DEADLINE_FACTOR: wholeNumber(1, 100, 1).describe(
    'How many times the usual milliseconds plugins, services and searches get; more on a slow machine',
  ),
  QUEUE_BOARD_PORT: wholeNumber(0, 65535, 5555).describe('Port of npm run queue-board'),
  QUEUE_BOARD_HOST: z.string().default('127.0.0.1').describe('Address of npm run queue-board'),
  SHUTDOWN_TIMEOUT: wholeNumber(0, 600_000, 10_000).describe('Milliseconds that running answers get to end at SIGTERM'),

  AUTH: z
    .enum(['required', 'none'], 'must be required or none')
    .default('required')
    .describe('none: one local viewer; in development and on loopback only'),
  CORS_ORIGINS: list
    .refine((origins) => origins.every((origin) => URL.canParse(origin) && new URL(origin).origin === origin), {
      message: 'must be origins such as https://chat.example.org, separated by commas',
    })
    .describe('Origins of other web pages that may call, separated by commas'),
  TRUSTED_PROXIES: list
    .refine((proxies) => proxies.every(isNetwork), {
      message:
        'must be addresses or networks such as 10.0.0.0/8, or loopback, linklocal or uniquelocal, separated by commas',
    })
    .describe('Addresses or networks of proxies whose X-Forwarded-For is believed, separated by commas'),
  BOOTSTRAP_API_KEY: z
    .string()
    .min(32, 'must have 32 characters or more; make one with: openssl rand -hex 32')
    .optional()
    .describe("An operator's key, which creates the others"),
  JWT_SECRET: z
    .string()
    .min(32, 'must have 32 characters or more')
    .optional()
    .describe('Secret of tokens signed by HMAC'),
  JWT_JWKS_URL: url('https', 'http').describe('URL of the public keys of signed tokens'),
  JWT_ISSUER: text.describe('Issuer that a token must name'),
  JWT_AUDIENCE: text.describe('Audience that a token must name'),
  GRAPHIQL: z
    .enum(['true', 'false'], 'must be true or false')
    .transform((value) => value === 'true')
    .optional()
    .describe('Serves /graphiql; absent: not in production'),
  METRICS_TOKEN: z
    .string()
    .min(16, 'must have 16 characters or more; make one with: openssl rand -hex 32')
    .optional()
    .describe('Bearer token for /metrics; absent: no token needed, in production closed'),

  LOG_ELASTICSEARCH_URL: url('https', 'http').describe('Elasticsearch 8 that takes the log too; absent: none'),
  OTEL_EXPORTER_OTLP_ENDPOINT: url('https', 'http').describe(
    'Where OTLP over HTTP is taken; absent: no traces, and nothing of OpenTelemetry is loaded',
  ),
  OTEL_EXPORTER_OTLP_HEADERS: text.describe('Headers for it, as name=value, separated by commas'),
  OTEL_SERVICE_NAME: z.string().default('parley').describe('Name of this service in traces'),
  OTEL_TRACES_SAMPLER: z
    .enum(SAMPLERS, `must be ${SAMPLERS.join(', ')}`)
    .default('parentbased_always_on')
    .describe('Which traces are kept, decided where they begin'),
  OTEL_TRACES_SAMPLER_ARG: share(1).describe('Share of traces that a …traceidratio sampler keeps, 0 to 1'),
  OTEL_METRICS_EXPORTER: z
    .enum(['otlp', 'none'], 'must be otlp or none')
    .default('otlp')
    .describe('none: no metrics by OTLP; /metrics has them in any case'),
  OTEL_CAPTURE_CONTENT: z
    .enum(['true', 'false'], 'must be true or false')
    .transform((value) => value === 'true')
    .default(false)
    .describe('true: questions, answers and prompts stand in traces'),

  POSTGRES_URL: url('postgresql', 'postgres').describe('PostgreSQL 15 or newer; absent: the embedded one in DATA_DIR'),
  DATABASE_POOL_SIZE: wholeNumber(1, 500, 20).describe('Connections to PostgreSQL'),

  REDIS_URL: url('redis', 'rediss').describe('Redis 6 or newer, shared by replicas; absent: none'),

  ETCD_URL: url('https', 'http').describe(
    'etcd 3.4 or newer, by which services are found; absent: every plugin runs here',
  ),
  SERVICE_SECRET: z
    .string()
    .min(32, 'must have 32 characters or more; make one with: openssl rand -hex 32')
    .optional()
    .describe('Secret that the platform and its services share; absent: services on this machine alone'),
  SERVICE_URL: url('https', 'http').describe('Where the platform reaches this service; absent: by HOST and PORT'),

  ELASTICSEARCH_URL: url('https', 'http').describe('Elasticsearch 8 or 9 for keywords; absent: the built-in index'),
  WEAVIATE_URL: url('https', 'http').describe('Weaviate for vectors; absent: the built-in index'),
  CHROMA_URL: url('https', 'http').describe('Chroma for vectors; absent: the built-in index'),
  PGVECTOR_URL: url('postgresql', 'postgres').describe(
    'PostgreSQL with pgvector for vectors; absent: the built-in index',
  ),
  EMBEDDING_MODEL: embeddingModel.describe(
    'Model for vectors: built-in:use-multilingual runs in this process, openai-compatible:NAME or openai:NAME elsewhere; none: keywords alone',
  ),
  BATCH_SIZE: wholeNumber(1, 2_048, 32).describe('Texts a call of the embedding model, and passages a bulk write'),
  HYBRID_VECTOR_WEIGHT: share(0.7).describe('Weight of vectors against keywords, 0 to 1'),
  HYBRID_KEYWORD_WEIGHT: share(0.3).describe('Weight of keywords against vectors, 0 to 1'),

  MODEL_LIGHT: model.describe('Model for easy questions'),
  MODEL_BALANCED: model.describe('Model for most questions; the only one needed'),
  MODEL_STRONG: model.describe('Model for hard questions'),
  OPENAI_API_KEY: text.describe('Key for openai and openai-compatible'),
  OPENAI_BASE_URL: url('https', 'http').describe('Base URL of openai-compatible, with /v1'),
  ANTHROPIC_API_KEY: text.describe('Key for anthropic'),
  MODEL_FIRST_TOKEN_TIMEOUT: wholeNumber(1, 600_000, 20_000).describe('Milliseconds to the first token'),
  MODEL_TOKEN_TIMEOUT: wholeNumber(1, 600_000, 10_000).describe('Milliseconds between tokens'),
  MODEL_CONTEXT_TOKENS: contextTable.describe('Tokens of context by model, as JSON; others are in a dated table'),
  MODEL_CONTINUATION: continuationTable.describe('How models continue an answer that a server left, as JSON'),
  MODEL_PRICES: priceTable.describe(
    'Prices by model, US dollars a million tokens, as JSON; others are in a dated table',
  ),

  CACHE_MEMORY_BYTES: wholeNumber(0, 2 ** 40, 67_108_864).describe('Bytes of cached values in memory'),

  MAX_CONCURRENT_REQUESTS: wholeNumber(1, 100_000, 100).describe('Generations at once'),
  MAX_QUEUED_REQUESTS: wholeNumber(0, 100_000, 400).describe(
    'Generations that wait for a place; one more is OVERLOADED',
  ),
  MAX_CONNECTIONS: wholeNumber(1, 1_000_000, 20_000).describe('WebSockets and subscriptions at once'),
  VIEWER_SHARE: share(0.5).describe('Maximum share of one viewer in places, queue and connections, 0 to 1'),
  MAX_RESPONSE_BYTES: wholeNumber(1024, 268_435_456, 16_777_216).describe('Bytes of an answer, and of each event'),
  MAX_REQUEST_BYTES: wholeNumber(1024, 1_073_741_824, 1_048_576).describe('Bytes of a request body'),
  MAX_UPLOAD_BYTES: wholeNumber(1024, 10_737_418_240, 52_428_800).describe('Bytes of an uploaded file'),
  MAX_MESSAGE_CHARACTERS: wholeNumber(1, 10_000_000, 32_000).describe('UTF-16 code units of a message'),
  HISTORY_TOKENS: wholeNumber(0, 1_000_000, 6_000).describe(
    'Tokens of earlier messages that a model sees, and at most half of its context; older ones are summarised',
  ),
  HISTORY_MESSAGES: wholeNumber(0, 1_000, 100).describe('Earlier messages that a model sees at most'),
  RETRIEVED_PASSAGES: wholeNumber(1, 50, 8).describe('Passages that an answer is grounded in'),

  FEATURE_GUARD: z
    .enum(['on', 'off'], 'must be on or off')
    .default('off')
    .describe('on: a percentage rollout whose turns fall behind the rest is taken back'),

  PARLEY_PLUGINS: list.describe("Third parties' plugins: modules, separated by commas"),
} as const;

export type SettingName = keyof typeof settingsSchema;
export type SettingValues = { readonly [K in SettingName]: z.output<(typeof settingsSchema)[K]> };

/** Never printed in full. */
export const SECRETS: ReadonlySet<string> = new Set<SettingName>([
  'BOOTSTRAP_API_KEY',
  'JWT_SECRET',
  'METRICS_TOKEN',
  'SERVICE_SECRET',
  'OPENAI_API_KEY',
  'ANTHROPIC_API_KEY',
  'OTEL_EXPORTER_OTLP_HEADERS',
]);

const LOOPBACK = /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1|\[::1\])$/;
export const isLoopback = (host: string): boolean => LOOPBACK.test(host);

/** Checks combinations of settings: problems, each with its remedy. `settings` lacks those that are wrong alone. */
export function contradictions(settings: Partial<SettingValues>): string[] {
  const problems: string[] = [];
  const { AUTH, HOST, PARLEY_ENV } = settings;
  if (AUTH === 'none' && PARLEY_ENV !== undefined && PARLEY_ENV !== 'development')
    problems.push(`AUTH: none is for development alone, and PARLEY_ENV is ${PARLEY_ENV}; set AUTH=required`);
  if (AUTH === 'none' && HOST !== undefined && !isLoopback(HOST))
    problems.push(`AUTH: none lets everybody in who reaches ${HOST}; set AUTH=required, or HOST=127.0.0.1`);
  if (settings.JWT_SECRET !== undefined && settings.JWT_JWKS_URL !== undefined)
    problems.push('JWT_SECRET: stands beside JWT_JWKS_URL; keep one of the two');
  const tokens = settings.JWT_SECRET !== undefined || settings.JWT_JWKS_URL !== undefined;
  for (const name of ['JWT_ISSUER', 'JWT_AUDIENCE'] as const)
    if (tokens && PARLEY_ENV === 'production' && settings[name] === undefined)
      problems.push(`${name}: must be set in production, or tokens made for others would be accepted`);
  if (PARLEY_ENV === 'production' && settings.JWT_JWKS_URL?.startsWith('http:'))
    problems.push('JWT_JWKS_URL: must be https in production, or anybody on the network path could sign tokens');
  if (PARLEY_ENV === 'production' && settings.ETCD_URL !== undefined && settings.SERVICE_SECRET === undefined)
    problems.push(
      'SERVICE_SECRET: must be set in production beside ETCD_URL, or every program of this machine could ask services in any viewer’s name',
    );
  const stores = (['WEAVIATE_URL', 'CHROMA_URL', 'PGVECTOR_URL'] as const).filter(
    (name) => settings[name] !== undefined,
  );
  if (stores.length > 1) problems.push(`${stores.join(', ')}: vectors are in one engine; keep one of them`);
  if (settings.ROLE !== undefined && settings.ROLE !== 'all' && settings.POSTGRES_URL === undefined)
    problems.push(`ROLE: ${settings.ROLE} shares a database with other processes; set POSTGRES_URL too, or ROLE=all`);
  if (stores.length > 0 && settings.EMBEDDING_MODEL === 'none')
    problems.push(`${stores.join(', ')}: needs vectors, and EMBEDDING_MODEL is none; set a model, or remove the URL`);
  problems.push(...modelContradictions(settings));
  return problems;
}

function modelContradictions(settings: Partial<SettingValues>): string[] {
  const needs = { 'openai-compatible': 'OPENAI_BASE_URL', openai: 'OPENAI_API_KEY', anthropic: 'ANTHROPIC_API_KEY' };
  return (['MODEL_LIGHT', 'MODEL_BALANCED', 'MODEL_STRONG', 'EMBEDDING_MODEL'] as const).flatMap((name) => {
    const provider = settings[name]?.split(':')[0] as keyof typeof needs | undefined;
    const needed = provider === undefined ? undefined : (needs[provider] as keyof SettingValues | undefined);
    return needed !== undefined && settings[needed] === undefined
      ? [`${name}: ${provider} needs ${needed}; set it too`]
      : [];
  });
}
