/** The one reader of process.env: config/<PARLEY_ENV>.env, under the process environment. */
import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { contradictions, SECRETS, type SettingName, type SettingValues, settingsSchema } from './settings.ts';

export type SettingSource = 'DEFAULT' | 'CONFIG' | 'ENVIRONMENT';
export interface RawSetting {
  readonly value: string;
  readonly source: Exclude<SettingSource, 'DEFAULT'>;
}
export type Settings = SettingValues & {
  /** Everything that was set anywhere, unparsed: where plugins find their own settings and switches. */
  readonly raw: ReadonlyMap<string, RawSetting>;
};

/** All that is wrong, at once. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(
      `${problems.length} wrong setting${problems.length === 1 ? '' : 's'}:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
    );
    this.problems = problems;
  }
}

export interface LoadOptions {
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Folder of the .env files. */
  readonly directory?: URL;
}

/** Throws SettingsError with every problem named. */
export function loadSettings({
  environment = process.env,
  directory = new URL('./', import.meta.url),
}: LoadOptions = {}): Settings {
  const problems: string[] = [];
  const raw = readSources(environment, directory);
  const parsed = Object.entries(settingsSchema).flatMap(([name, schema]) => {
    const given = raw.get(name);
    const result = schema.safeParse(given?.value);
    if (result.success) return [[name, result.data] as const];
    for (const issue of result.error.issues)
      problems.push(`${name}: ${issue.message} (is ${shown(name, given?.value)})`);
    return [];
  });
  const settings = Object.fromEntries(parsed) as Partial<SettingValues>;
  problems.push(...contradictions(settings));
  if (problems.length > 0) throw new SettingsError(problems);
  return { ...(settings as SettingValues), raw };
}

function readSources(environment: Readonly<Record<string, string | undefined>>, directory: URL) {
  const raw = new Map<string, RawSetting>();
  const name = settingsSchema.PARLEY_ENV.safeParse(environment['PARLEY_ENV'] || undefined).data;
  const file = name && new URL(`${name}.env`, directory);
  if (file && existsSync(file)) {
    for (const [key, value] of Object.entries(parseEnv(readFileSync(file, 'utf8'))))
      if (value) raw.set(key, { value, source: 'CONFIG' });
  }
  for (const [key, value] of Object.entries(environment)) if (value) raw.set(key, { value, source: 'ENVIRONMENT' });
  return raw;
}

const MASK = '******';
/** Parameters of a URL that hold no secret; the values of all others are masked. */
const PLAIN_PARAMETER =
  /^(sslmode|connect_timeout|connection_limit|pool_timeout|application_name|schema|options|statement_cache_size|pgbouncer|api-version)$/;

/** A URL without its password, and without what its query or fragment may hold as one. */
function maskedUrl(value: string): string {
  if (!URL.canParse(value))
    return value.replace(/:\/\/.*@/s, `://${MASK}@`).replace(/[?#].*/s, (rest) => `${rest[0]}${MASK}`);
  const url = new URL(value);
  if (url.password !== '') url.password = MASK;
  // A name alone is a token: https://TOKEN@example.org.
  else if (url.username !== '' && url.protocol.startsWith('http')) url.username = MASK;
  for (const name of new Set(url.searchParams.keys()))
    if (!PLAIN_PARAMETER.test(name)) url.searchParams.set(name, MASK);
  if (url.hash !== '') url.hash = MASK;
  return url.href;
}

const mayBeUrl = (value: string): boolean => /^\s*[a-z][a-z\d+.-]*:\/\//i.test(value);

function shown(name: string, value: string | undefined): string {
  if (value === undefined) return 'not set';
  return SECRETS.has(name) ? MASK : JSON.stringify(mayBeUrl(value) ? maskedUrl(value) : value);
}

export interface SettingReport {
  readonly name: string;
  readonly value: string;
  readonly source: SettingSource;
  readonly description: string;
}

/** Settings of the config file that neither Parley nor a plugin knows: misspelt ones, most likely. */
export function unknownSettings({ raw, PARLEY_ENV }: Settings, known: ReadonlySet<string>): string[] {
  return [...raw]
    .filter(([name, { source }]) => source === 'CONFIG' && !(name in settingsSchema) && !known.has(name))
    .map(([name]) => `${name}: no such setting, in config/${PARLEY_ENV}.env; see npm run config for those there are`);
}

/** A setting that a plugin declares, with the value that it has unless it is set. */
export interface DeclaredSetting {
  readonly name: string;
  readonly description: string;
  readonly default: unknown;
}

/** The settings in force with their sources, secrets masked. Those of plugins come last. */
export function reportSettings(settings: Settings, declared: readonly DeclaredSetting[] = []): SettingReport[] {
  return [...ownSettings(settings), ...declared.map((setting) => reportDeclared(settings, setting))];
}

function reportDeclared({ raw }: Settings, setting: DeclaredSetting): SettingReport {
  const given = raw.get(setting.name);
  const inForce = given?.value ?? (setting.default === undefined ? undefined : String(setting.default));
  const value = /KEY|SECRET|TOKEN$|PASSWORD/.test(setting.name) && given ? '******' : shown(setting.name, inForce);
  return {
    name: setting.name,
    value: value.replace(/^"(.*)"$/, '$1'),
    source: given?.source ?? 'DEFAULT',
    description: setting.description,
  };
}

function ownSettings(settings: Settings): SettingReport[] {
  return Object.entries(settingsSchema).map(([name, schema]) => {
    const given = settings.raw.get(name);
    const value = settings[name as SettingName];
    const inForce = value === undefined ? undefined : typeof value === 'string' ? value : JSON.stringify(value);
    return {
      name,
      value: shown(name, given?.value ?? inForce).replace(/^"(.*)"$/, '$1'),
      source: given?.source ?? 'DEFAULT',
      description: schema.description ?? '',
    };
  });
}
