import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { loadSettings, reportSettings, SettingsError, unknownSettings } from './load.ts';
import { parseSwitch } from './switch.ts';

function load(environment: Record<string, string>, file = '') {
  const directory = mkdtempSync(join(tmpdir(), 'config-'));
  writeFileSync(join(directory, `${environment['PARLEY_ENV'] ?? 'development'}.env`), file);
  return loadSettings({ environment, directory: pathToFileURL(`${directory}/`) });
}
function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    load(environment);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}

describe('settings', () => {
  test('the process environment wins over the file, and the file over the default', () => {
    const settings = load({ PORT: '1', HOST: '' }, 'PORT=2\nHOST=localhost\nAUTH=none');
    expect([settings.PORT, settings.HOST, settings.MAX_CONCURRENT_REQUESTS]).toEqual([1, 'localhost', 100]);
    const source = (name: string) => reportSettings(settings).find((row) => row.name === name)?.source;
    expect([source('PORT'), source('HOST'), source('DATA_DIR')]).toEqual(['ENVIRONMENT', 'CONFIG', 'DEFAULT']);
  });

  test('every problem is named at once, with what is wrong and what to do', () => {
    const problems = problemsOf({
      ...{ PORT: 'abc', BOOTSTRAP_API_KEY: 'short', MODEL_BALANCED: 'gpt', AUTH: 'none', HOST: '0.0.0.0' },
    });
    expect(problems.map((problem) => problem.split(':')[0])).toEqual([
      'PORT',
      'BOOTSTRAP_API_KEY',
      'MODEL_BALANCED',
      'AUTH',
    ]);
    expect(problems.join()).not.toContain('short');
    expect(problems.join()).toContain('set AUTH=required, or HOST=127.0.0.1');
  });

  test('the loader names unknown settings of the file and where to look', () => {
    const settings = load({}, 'PROT=1\nCACHE_TTL=60');
    expect(unknownSettings(settings, new Set(['CACHE_TTL']))).toEqual([
      'PROT: no such setting, in config/development.env; see npm run config for those there are',
    ]);
  });

  test('the loader refuses a missing authentication outside development', () => {
    expect(problemsOf({ PARLEY_ENV: 'production', AUTH: 'none' }).join()).toContain('development alone');
  });

  test('a model without what it needs is refused', () => {
    expect(problemsOf({ MODEL_BALANCED: 'openai-compatible:llama3' }).join()).toContain('OPENAI_BASE_URL');
    expect(
      problemsOf({ MODEL_BALANCED: 'openai-compatible:llama3', OPENAI_BASE_URL: 'http://127.0.0.1:1/v1' }),
    ).toEqual([]);
  });

  test('tokens in production must name issuer and audience', () => {
    const problems = problemsOf({ PARLEY_ENV: 'production', JWT_SECRET: 's'.repeat(32) });
    expect(problems.map((problem) => problem.split(':')[0])).toEqual(['JWT_ISSUER', 'JWT_AUDIENCE']);
  });

  test('services in production need a secret', () => {
    const services = { PARLEY_ENV: 'production', ETCD_URL: 'http://127.0.0.1:2379' };
    expect(problemsOf(services).join()).toContain('SERVICE_SECRET');
    expect(problemsOf({ ...services, SERVICE_SECRET: 's'.repeat(32) })).toEqual([]);
    expect(problemsOf({ ...services, PARLEY_ENV: 'development' })).toEqual([]);
  });

  test('a switch is true, false or a percentage', () => {
    expect(parseSwitch('25%')).toEqual({ enabled: true, rollout: 0.25 });
    expect(['250%', 'yes', ''].map(parseSwitch)).toEqual([null, null, null]);
  });

  test('secrets are masked in the report', () => {
    const settings = load({ OPENAI_API_KEY: 'sk-secret', POSTGRES_URL: 'postgresql://parley:hidden@db:5432/parley' });
    const report = JSON.stringify(reportSettings(settings));
    expect(report).not.toContain('sk-secret');
    expect(report).not.toContain('hidden');
    expect(report).toContain('postgresql://parley:******@db:5432/parley');
  });

  test.each([
    ['postgresql://parley@db:5432/parley?password=hidden&sslmode=require', 'sslmode=require'],
    ['postgresql://parley:hid%40den@db:5432/parley?sslpassword=hidden&sslkey=hidden', 'parley:******@db'],
    ['postgresql://parley:hid/hidden@db:5432/parley', '******@db'],
  ])('a secret in %s is masked', (POSTGRES_URL, left) => {
    let told: string;
    try {
      told = JSON.stringify(reportSettings(load({ POSTGRES_URL })));
    } catch (error) {
      told = String(error);
    }
    expect(told).not.toMatch(/hid/);
    expect(told).toContain(left);
  });

  test.each([
    'https://example.org/v1?api_key=hidden',
    'https://hidden@example.org/v1',
    'https://user:hidden@example.org/v1?x=1&token=hidden#hidden',
    'https://example.org/v1?hidden',
  ])('a secret in %s is masked', (OPENAI_BASE_URL) => {
    const report = JSON.stringify(reportSettings(load({ OPENAI_BASE_URL })));
    expect(report.replace('hidden=', '')).not.toContain('hidden');
    expect(report).toContain('example.org/v1');
  });

  test('secrets of a URL are masked in a problem too', () => {
    for (const ELASTICSEARCH_URL of ['ftp://user:hidden@example.org', 'http://u:hidden@[?key=hidden', 'x?k=hidden'])
      expect(problemsOf({ ELASTICSEARCH_URL }).join().replace('"x?k=hidden"', '')).not.toContain('hidden');
  });

  test('keys of tokens are fetched by https in production', () => {
    const tokens = { PARLEY_ENV: 'production', JWT_ISSUER: 'i', JWT_AUDIENCE: 'a' };
    expect(problemsOf({ ...tokens, JWT_JWKS_URL: 'http://example.org/jwks' }).join()).toContain('https');
    expect(problemsOf({ ...tokens, JWT_JWKS_URL: 'https://example.org/jwks' })).toEqual([]);
  });
});
