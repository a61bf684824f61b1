import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Viewer } from '#core/viewer.ts';
import { openStore } from '../../src/adapters/postgres/index.ts';
import { someone } from '../support/turns.ts';

const WRITER = fileURLToPath(new URL('../support/store-writer.ts', import.meta.url));

let folder: string;
const running = new Set<ChildProcess>();
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-survives-'));
});
afterAll(async () => {
  for (const child of running) child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

interface Acknowledged {
  viewer?: Viewer;
  readonly contents: Map<string, string>;
}

/** A process that writes; `acknowledged` grows while it does. */
function startWriter(dataDirectory: string) {
  const child = spawn(process.execPath, [WRITER, dataDirectory], { stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  const acknowledged: Acknowledged = { contents: new Map() };
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    const told = JSON.parse(line);
    if (told.viewer) acknowledged.viewer = told.viewer;
    else acknowledged.contents.set(told.message, told.content);
  });
  const closed = once(child, 'close').then(() => running.delete(child));
  return {
    acknowledged,
    errors: () => errors,
    closed,
    async kill() {
      child.kill('SIGKILL');
      await closed;
    },
    async wrote(count: number) {
      while (acknowledged.contents.size < count) {
        if (child.exitCode !== null) throw new Error(`the writer ended: ${errors}`);
        await sleep(5);
      }
    },
  };
}

test('after kill -9 during writes every acknowledged row is there, and the folder opens again', async () => {
  const dataDirectory = join(folder, 'killed');
  const all: Acknowledged[] = [];
  for (const moment of [3, 40, 121, 77]) {
    const writer = startWriter(dataDirectory);
    await writer.wrote(moment);
    await writer.kill();
    all.push(writer.acknowledged);
  }
  const store = await openStore({ poolSize: 1, dataDirectory });
  for (const { viewer, contents } of all) {
    if (!viewer) throw new Error('no viewer was told');
    const found = await store.messages.getMany(viewer, [...contents.keys()]);
    for (const [id, content] of contents) expect(found.get(id)?.content).toBe(content);
  }
  await store.close();
});

test('a folder that is in use is refused, with what to do; it is free once the other process is dead', async () => {
  const dataDirectory = join(folder, 'killed');
  const store = await openStore({ poolSize: 1, dataDirectory });
  const second = startWriter(dataDirectory);
  await second.closed;
  expect(second.errors()).toMatch(
    /the data folder .*killed is in use by another Parley; stop that one, or set DATA_DIR/,
  );
  expect(second.acknowledged.contents.size).toBe(0);
  await store.close();
  await (await openStore({ poolSize: 1, dataDirectory })).close();
});

test('a first start that was killed half way starts over', async () => {
  const [whole, dataDirectory] = [join(folder, 'killed'), join(folder, 'half')];
  await mkdir(dataDirectory);
  await cp(join(whole, 'postgres'), join(dataDirectory, 'postgres.new'), { recursive: true });
  for (const file of ['PG_VERSION', 'global/pg_control'])
    await writeFile(join(dataDirectory, 'postgres.new', file), '');
  const store = await openStore({ poolSize: 1, dataDirectory });
  expect((await store.viewers.usage(await someone(store), null)).turns).toBe(0);
  await store.close();
  expect(await readdir(dataDirectory)).not.toContain('postgres.new');
});
