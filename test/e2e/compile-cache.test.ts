import { afterEach, expect, test } from 'vitest';
import { OPERATOR_KEY } from '../support/app.ts';
import { client } from '../support/client.ts';
import { freshDataDirectory } from '../support/data.ts';
import { killProcesses, startProcess } from '../support/process.ts';
import { upload } from '../support/upload.ts';

afterEach(killProcesses);

const THREADS = ['pglite-thread.ts', 'built-in/worker.ts', 'parsers/worker.ts', 'chunking/worker.ts'];

test('after the first start threads strip no types', async () => {
  const data = freshDataDirectory();
  const settings = {
    BOOTSTRAP_API_KEY: OPERATOR_KEY,
    DATA_DIR: data.path,
    NODE_COMPILE_CACHE: `${data.path}/compiled`,
    NODE_DEBUG_NATIVE: 'COMPILE_CACHE',
  };
  const outputAfterUpload = async () => {
    const server = await startProcess(settings);
    const { data } = await upload(server.url, OPERATOR_KEY, { name: 'zebra.md', content: '# Zebras\n\nStripes.' });
    const { request } = client(server.url, OPERATOR_KEY);
    const status = async () =>
      (await request('query ($id: ID!) { document(id: $id) { status } }', { id: data.uploadDocument.id })).data.document
        .status;
    await expect.poll(status).toBe('INDEXED');
    expect(await server.terminate()).toBe(0);
    return server.output();
  };
  // That a cache was found is told in two writes, between which another thread's may stand; that there is none, in one.
  const found = (output: string) =>
    THREADS.map((script) => output.includes(script) && !new RegExp(`no transpile cache for .*${script}`).test(output));
  expect(found(await outputAfterUpload())).toEqual(THREADS.map(() => false));
  expect(found(await outputAfterUpload())).toEqual(THREADS.map(() => true));
  data.remove();
});
