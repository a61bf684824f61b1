/**
 * `npm run kpi`: the five figures that operators hold Parley to, over a window, from the store. The embedded database is free only
 * while Parley is stopped; with PARLEY_URL (and PARLEY_KEY, an operator's key) the running server is asked instead.
 *   --since 7d       since when: 30m, 12h, 7d, 4w, or a date such as 2026-11-01
 *   --json           [{ name, value, target, met }]; value and met are null where nothing was measured
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { loadSettings } from '#config/load.ts';
import type { Kpi } from '#core/services/index.ts';
import { kpisSince } from '#core/services/kpis.ts';
import { LockedError } from '../src/adapters/directory-lock.ts';
import { openStore } from '../src/adapters/postgres/index.ts';
import { storeOptions } from '../src/app/options.ts';
import { sinceOf } from './kpi/since.ts';

try {
  const { values } = parseArgs({
    options: { since: { type: 'string', default: '7d' }, json: { type: 'boolean', default: false } },
  });
  const since = sinceOf(values.since, new Date());
  const url = process.env['PARLEY_URL'];
  const kpis = url === undefined ? await fromStore(since) : await fromServer(url, since);
  if (values.json) console.log(JSON.stringify(kpis));
  else table(kpis, since);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function fromStore(since: Date): Promise<readonly Kpi[]> {
  const settings = loadSettings();
  const store = await openStore(storeOptions(settings, resolve(settings.DATA_DIR))).catch((error) => {
    if (error instanceof LockedError || error.cause instanceof LockedError)
      throw new Error(
        'Parley is running on this folder: set PARLEY_URL=http://127.0.0.1:4000 (and PARLEY_KEY) to ask it, or stop it',
      );
    throw error;
  });
  try {
    return await kpisSince(store, since);
  } finally {
    await store.close();
  }
}

async function fromServer(url: string, since: Date): Promise<readonly Kpi[]> {
  const key = process.env['PARLEY_KEY'];
  const response = await fetch(`${url.replace(/\/+$/, '')}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(key ? { authorization: `Bearer ${key}` } : {}) },
    body: JSON.stringify({
      query: 'query ($since: DateTime) { platform { kpis(since: $since) { name value target met } } }',
      variables: { since },
    }),
  }).catch((error) => {
    throw new Error(`Parley does not answer at ${url} (${error.cause?.code ?? error.message})`);
  });
  const { data, errors } = (await response.json().catch(() => ({}))) as {
    data?: { platform: { kpis: readonly Kpi[] } } | null;
    errors?: readonly { readonly message: string }[];
  };
  if (!data && !errors) throw new Error(`What answers at ${url} is not Parley (HTTP ${response.status})`);
  if (!data) throw new Error(errors?.[0]?.message ?? `HTTP ${response.status}`);
  return data.platform.kpis;
}

function table(kpis: readonly Kpi[], since: Date): void {
  console.log(`since ${since.toISOString()}`);
  const figure = (value: number | null) => (value === null ? '-' : String(Math.round(value * 10_000) / 10_000));
  for (const { name, value, target, met } of kpis)
    console.log(
      `${name.padEnd(22)}${figure(value).padStart(12)}   target ${figure(target).padStart(6)}   ${met === null ? 'not measured' : met ? 'met' : 'MISSED'}`,
    );
}
