import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWith } from '../support/services.ts';
import { KEY, type Scene, startScene, TEXT } from './scene.ts';

const CLIENT = fileURLToPath(new URL('python/client.py', import.meta.url));
const REMEDY = 'install gql: python3 -m venv .venv && .venv/bin/pip install -r test/clients/python/requirements.txt';

/** A Python that has gql: the one of `.venv` in the repository, or the machine's. */
const PYTHON = ['.venv/bin/python', 'python3'].find((python) => {
  if (python.includes('/') && !existsSync(python)) return false;
  try {
    execFileSync(python, ['-c', 'import gql, aiohttp, websockets'], { stdio: 'ignore', timeout: 120_000 });
    return true;
  } catch {
    return false;
  }
});

describeWith('Python gql', PYTHON !== undefined, REMEDY, () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await startScene();
  });
  afterAll(() => scene?.close());

  test('sends, streams, loses the connection again and again, resumes, and holds exactly the answer', async () => {
    const child = spawn(PYTHON ?? '', [CLIENT, scene.graphql, KEY, 'Hello from Python'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let problems = '';
    child.stderr.on('data', (chunk) => {
      problems += chunk;
    });
    const cursors: string[] = [];
    let cuts = 0;
    let text: string | undefined;
    for await (const line of createInterface({ input: child.stdout })) {
      const told = JSON.parse(line);
      if (told.cursor === undefined) text = told.text;
      else cursors.push(told.cursor);
      if (cursors.length % 8 !== 0 || cuts === 3 || told.cursor === undefined) continue;
      cuts += 1;
      scene.tunnel.cut();
    }
    expect({ text, cuts }, problems).toEqual({ text: TEXT, cuts: 3 });
    expect(new Set(cursors).size).toBe(cursors.length);
  });
});
