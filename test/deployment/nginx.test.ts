import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { OPERATOR_KEY } from '../support/app.ts';
import { applied, client, EVENT, FOLLOW, type StreamEvent } from '../support/client.ts';
import { type FakeProvider, startFakeProvider } from '../support/fake-provider.ts';
import { type Nginx, startNginx } from '../support/nginx.ts';
import { killProcesses, type RunningProcess, startProcess } from '../support/process.ts';
import { eventually, freePort, hasProgram } from '../support/programs.ts';
import { describeWith } from '../support/services.ts';
import { scratchDatabase } from '../support/stores.ts';

const WORDS = Array.from({ length: 150 }, (_, index) => `word${index} 词😀 `);
const CHAT = `subscription($content: String!) { chat(input: { content: $content }) { ${EVENT} } }`;
const ENDS = new Set(['GenerationCompleted', 'GenerationFailed', 'GenerationCancelled']);

describeWith('nginx in front of anything (nginx)', hasProgram('nginx'), 'apt-get install nginx', () => {
  let nginx: Nginx | undefined;
  afterEach(() => nginx?.stop());

  /** What reaches a server behind nginx of a request with these headers. */
  const headersBehind = async (headers: Readonly<Record<string, string>>, edit?: (text: string) => string) => {
    let seen: IncomingHttpHeaders = {};
    const server = createServer((request, response) => {
      seen = request.headers;
      response.end('{}');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const proxy = await startNginx([`http://127.0.0.1:${(server.address() as AddressInfo).port}`], undefined, edit);
    nginx = proxy;
    await fetch(`${proxy.url}/graphql`, { headers });
    server.closeAllConnections();
    server.close();
    return { seen, host: new URL(proxy.url).host };
  };

  test('nginx replaces forwarded headers of the client and gives each request an id', async () => {
    const { seen, host } = await headersBehind({
      'x-forwarded-for': '198.51.100.1',
      'x-forwarded-proto': 'https',
      'x-request-id': 'forged-by-client',
    });
    expect(seen).toMatchObject({ 'x-forwarded-for': '127.0.0.1', 'x-forwarded-proto': 'http', host });
    expect(seen['x-request-id']).toMatch(/^[0-9a-f]{32}$/);
  });

  test('behind a proxy of one’s own that its file names, the client’s address is the one that the proxy saw', async () => {
    const named = (text: string) =>
      text
        .replace('# set_real_ip_from 10.0.0.0/8;', 'set_real_ip_from 127.0.0.0/8;')
        .replaceAll('# real_ip', 'real_ip');
    const { seen } = await headersBehind({ 'x-forwarded-for': '203.0.113.9, 198.51.100.1' }, named);
    expect(seen['x-forwarded-for']).toBe('198.51.100.1');
  });

  test('a server that starts again is used at once, also after every server has failed within 30 seconds', async () => {
    const port = await freePort();
    const start = async () => {
      const server = createServer((_request, response) => response.end('{}')).listen(port, '127.0.0.1');
      await once(server, 'listening');
      return server;
    };
    const stop = (server: Server) => {
      server.closeAllConnections();
      server.close();
    };
    const first = await start();
    const proxy = await startNginx([`http://127.0.0.1:${port}`, 'http://127.0.0.1:1']);
    nginx = proxy;
    const status = async () => (await fetch(`${proxy.url}/graphql`)).status;
    expect(await status()).toBe(200);
    stop(first);
    for (let request = 0; request < 10; request += 1) expect(await status()).toBe(503);
    const again = await start();
    expect(await status()).toBe(200);
    stop(again);
  });

  test('at a reload a stream goes on, and is broken off when its old worker has had its time; new clients have new workers', async () => {
    const server = createServer((request, response) => {
      if (request.url !== '/graphql/stream') return response.end('{}');
      response.write('a token');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const soon = (text: string) => text.replace('worker_shutdown_timeout 30s;', 'worker_shutdown_timeout 1s;');
    const proxy = await startNginx([`http://127.0.0.1:${(server.address() as AddressInfo).port}`], undefined, soon);
    nginx = proxy;
    const before = proxy.workers();
    const { body } = await fetch(`${proxy.url}/graphql/stream`);
    const reader = body?.getReader();
    expect(String(Buffer.from((await reader?.read())?.value ?? []))).toBe('a token');
    const broken = expect(reader?.read()).rejects.toThrow();
    proxy.reload();
    await eventually('new workers answer', async () => {
      expect((await fetch(`${proxy.url}/graphql`)).status).toBe(200);
      expect(proxy.workers().filter((worker) => !before.includes(worker))).not.toEqual([]);
    });
    await broken;
    await eventually('the old workers end', async () =>
      expect(proxy.workers().filter((worker) => before.includes(worker))).toEqual([]),
    );
    server.closeAllConnections();
    server.close();
  });

  test('nginx answers with GraphQL errors while no server runs, and for a body that is too large', async () => {
    nginx = await startNginx(['http://127.0.0.1:1']);
    const answer = await client(nginx.url).request('{ viewer { id } }');
    expect(answer).toMatchObject({ status: 503, errors: [{ extensions: { code: 'OVERLOADED', retryAfter: 2 } }] });
    expect(answer.headers.get('retry-after')).toBe('2');
    const large = await fetch(`${nginx.url}/graphql`, { method: 'POST', body: Buffer.alloc(53 * 1024 * 1024) });
    expect(large.status).toBe(413);
    expect(await large.json()).toMatchObject({ errors: [{ extensions: { code: 'PAYLOAD_TOO_LARGE' } }] });
  });
});

describeWith(
  'nginx in front of three replicas (nginx, POSTGRES_URL, REDIS_URL)',
  hasProgram('nginx') && Boolean(process.env['POSTGRES_URL'] && process.env['REDIS_URL']),
  'apt-get install nginx; scripts/services/services up postgres redis',
  () => {
    let provider: FakeProvider;
    let database: Awaited<ReturnType<typeof scratchDatabase>>;
    let replicas: RunningProcess[];
    let nginx: Nginx;

    beforeAll(async () => {
      provider = await startFakeProvider();
      database = await scratchDatabase(process.env['POSTGRES_URL'] ?? '');
      const settings = {
        POSTGRES_URL: database.url,
        REDIS_URL: process.env['REDIS_URL'] ?? '',
        BOOTSTRAP_API_KEY: OPERATOR_KEY,
        MODEL_BALANCED: 'openai-compatible:slow',
        OPENAI_BASE_URL: provider.url,
        ENABLE_HYBRID_RETRIEVAL: 'false',
        ENABLE_INTENT_TRACKING: 'false',
        TRUSTED_PROXIES: '127.0.0.1',
      };
      replicas = [await startProcess(settings)];
      replicas.push(...(await Promise.all([startProcess(settings), startProcess(settings)])));
      nginx = await startNginx(replicas.map(({ url }) => url));
    });
    afterAll(async () => {
      await nginx?.stop();
      killProcesses();
      await database?.drop();
      await provider?.close();
    });

    test('requests are spread over all replicas, and the log has neither /health nor what a query says', async () => {
      provider.respond(() => ({ text: 'Yes.' }));
      const asking = client(nginx.url, OPERATOR_KEY);
      await Promise.all(Array.from({ length: 24 }, () => asking.request('{ viewer { id } }')));
      expect((await fetch(`${nginx.url}/health`)).status).toBe(200);
      await eventually('the servers are ready', async () =>
        expect((await fetch(`${nginx.url}/ready`)).status).toBe(200),
      );
      expect((await fetch(`${nginx.url}/metrics`)).status).toBe(404);
      await fetch(
        `${nginx.url}/graphql?query=${encodeURIComponent('{ search(query: "planted words") { strategy } }')}`,
      );
      await eventually('the log is written', async () => {
        const log = nginx.log();
        expect(log.filter(({ path }) => path === '/graphql').length).toBeGreaterThanOrEqual(25);
        expect(new Set(log.map(({ upstream }) => upstream).filter((upstream) => upstream !== ''))).toHaveLength(3);
        expect(log.some(({ path }) => path === '/health')).toBe(false);
        expect(JSON.stringify(log)).not.toContain('planted');
      });
    });

    test.each(['ws', 'sse'] as const)('tokens pass over %s while the model is still answering', async (way) => {
      provider.respond(() => ({ text: 'One two three four five six.', chunkSize: 4, stallAfter: 3 }));
      const leaving = new AbortController();
      const seen: string[] = [];
      for await (const { data } of client(nginx.url, OPERATOR_KEY)[way](CHAT, { content: 'Count.' }, leaving.signal)) {
        const event = (data as Record<string, StreamEvent>)['chat'];
        seen.push(event?.__typename ?? '');
        if (event?.text) leaving.abort();
        if (event?.text) break;
      }
      expect(seen).toContain('TextDelta');
      expect(seen.some((name) => ENDS.has(name))).toBe(false);
    });

    test('after kill -9 of a replica its readers continue at another one, without a lost or repeated token', async () => {
      provider.respond(() => ({ text: WORDS.join(''), chunkSize: 8, delayMs: 10 }));
      const asking = client(nginx.url, OPERATOR_KEY);
      let kill: () => void = () => undefined;
      const streaming = new Promise<void>((resolve) => {
        kill = resolve;
      });
      let held = 0;

      async function read(question: number) {
        let [text, cursor, id, ended] = ['', null as string | null, '', null as StreamEvent | null];
        for (let attempt = 0; attempt < 600 && !ended; attempt += 1) {
          const stream =
            id === '' ? asking.ws(CHAT, { content: `Question ${question}` }) : asking.ws(FOLLOW, { id, after: cursor });
          try {
            for await (const { data } of stream) {
              const event = (data as Record<string, StreamEvent>)[
                id === '' || !data['generation'] ? 'chat' : 'generation'
              ] as StreamEvent;
              expect(event.cursor).not.toBe(cursor);
              ({ cursor, generationId: id } = event);
              text = applied(text, event);
              held += 1;
              if (held > 60) kill();
              if (ENDS.has(event.__typename)) ended = event;
            }
          } catch (error) {
            if ((error as { readonly matcherResult?: unknown }).matcherResult) throw error;
          }
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
        return { text, id, ended };
      }

      const reading = Promise.all(Array.from({ length: 6 }, (_, question) => read(question)));
      await streaming;
      await replicas[1]?.kill();
      for (const { text, id, ended } of await reading) {
        expect(ended).not.toBeNull();
        const { data } = await asking.request(
          'query($id: ID!) { node(id: $id) { ... on Generation { status message { content } } } }',
          { id },
        );
        expect(text).toBe(data.node.message.content);
        if (data.node.status === 'COMPLETE') expect(text).toBe(WORDS.join(''));
        else expect(data.node.status).toBe('INTERRUPTED');
      }
    });
  },
);
