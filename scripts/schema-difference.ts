/**
 * Returns the SQL that prisma/migrations lacks to match prisma/schema.prisma: computed by Prisma's schema
 * engine, compiled to WebAssembly, over an empty PGlite in memory. For development and tests only.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { PGlite } from '@electric-sql/pglite';
import { PrismaPg } from '@prisma/adapter-pg';
import {
  bindMigrationAwareSqlAdapterFactory,
  ColumnTypeEnum,
  type SqlDriverAdapter,
} from '@prisma/driver-adapter-utils';
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg';
import type { Pool, QueryResult } from 'pg';
import { database } from '../src/adapters/postgres/database.ts';
import { migrate } from '../src/adapters/postgres/migrator.ts';
import { exchangeOver } from '../src/adapters/postgres/pglite-exchange.ts';
import { poolOver } from '../src/adapters/postgres/pglite-pool.ts';

const MIGRATIONS = new URL('../prisma/migrations/', import.meta.url);
const SCHEMA = new URL('../prisma/schema.prisma', import.meta.url);

/** The empty string if migrations and schema agree. `schema` replaces the file. */
export async function schemaDifference(schema?: string): Promise<string> {
  const content = schema ?? (await readFile(SCHEMA, 'utf8'));
  const instance = await PGlite.create();
  const pool = poolOver(async () => exchangeOver(instance));
  try {
    await migrate(database({ pool, engine: 'PGlite', shared: false, close: async () => {} }), MIGRATIONS);
    return await withEngine(pool, async (engine) => {
      const files = [{ path: 'schema.prisma', content }];
      const { exitCode, stdout } = await engine.diff({
        from: { tag: 'schemaDatasource', files, configDir: '.' },
        to: { tag: 'schemaDatamodel', files },
        script: true,
        exitCode: true,
        filters: { externalTables: [], externalEnums: [] },
      });
      return exitCode === 0 ? '' : (stdout ?? 'unknown');
    });
  } finally {
    await pool.end();
    await instance.close();
  }
}

async function withEngine<T>(pool: Pool, work: (engine: bindings.SchemaEngine) => Promise<T>): Promise<T> {
  loaded ??= load();
  await loaded;
  const opened: SqlDriverAdapter[] = [];
  const connect = async () => {
    const adapter = await adapterWithChar(pool);
    opened.push(adapter);
    return adapter;
  };
  const engine = await bindings.SchemaEngine.new(
    { datamodels: undefined },
    () => {},
    bindMigrationAwareSqlAdapterFactory({
      adapterName: '@prisma/adapter-pg',
      provider: 'postgres',
      connect,
      connectToShadowDb: connect,
    }),
  );
  try {
    return await work(engine);
  } finally {
    engine.free();
    for (const adapter of opened) await adapter.dispose();
  }
}

let loaded: Promise<void> | undefined;

/** Once a process: the bindings hold one instance. The package's own loader imports the wasm as a module, which needs a flag. */
async function load(): Promise<void> {
  Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: { set_message: (text: string) => console.error(text) } });
  const path = fileURLToPath(import.meta.resolve('@prisma/schema-engine-wasm/schema_engine_bg')).replace(
    /\.js$/,
    '.wasm',
  );
  // The engine starts a timer of 10 s for its lock and never clears it: no reason for the process to stay.
  const unref = (callback: () => void, milliseconds: number) => setTimeout(callback, milliseconds >>> 0).unref();
  const imports = Object.fromEntries(
    Object.entries(bindings).map(([name, value]) => [name, name.startsWith('__wbg_setTimeout') ? unref : value]),
  );
  const { instance } = await WebAssembly.instantiate(await readFile(path), {
    './schema_engine_bg.js': imports as WebAssembly.ModuleImports,
  });
  const { __wbg_set_wasm } = bindings as unknown as { __wbg_set_wasm(exports: WebAssembly.Exports): void };
  __wbg_set_wasm(instance.exports);
  (instance.exports['__wbindgen_start'] as () => void)();
}

/** https://www.postgresql.org/docs/current/catalog-pg-type.html: "char" and text. */
const CHAR = 18;
const TEXT = 25;

/** adapter-pg 7 knows no "char", which the engine reads from the catalogue: it goes by as text, and is called by its name again after. */
async function adapterWithChar(pool: Pool): Promise<SqlDriverAdapter> {
  let characters: readonly boolean[] = [];
  const query = async (...given: unknown[]) => {
    const result = await (pool.query as (...given: unknown[]) => Promise<QueryResult>).apply(pool, given);
    characters = (result.fields ?? []).map((field) => field.dataTypeID === CHAR);
    for (const field of result.fields ?? []) if (field.dataTypeID === CHAR) field.dataTypeID = TEXT;
    return result;
  };
  // A pool but for `query`: what is not replaced is the pool's own.
  const adapter = await new PrismaPg(
    new Proxy(pool, { get: (target, name) => (name === 'query' ? query : Reflect.get(target, name)) }),
  ).connect();
  const queryRaw = adapter.queryRaw.bind(adapter);
  adapter.queryRaw = async (statement) => {
    const result = await queryRaw(statement);
    const { Character } = ColumnTypeEnum;
    return { ...result, columnTypes: result.columnTypes.map((type, at) => (characters[at] ? Character : type)) };
  };
  return adapter;
}
