/** Two servers behind nginx, of which one has lost PostgreSQL: its connections stay open, and nothing passes. */
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { json } from 'node:stream/consumers';
import { createClient } from 'graphql-ws';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import WebSocket from 'ws';
import { OPERATOR_KEY } from '../support/app.ts';
import { client, FOLLOW } from '../support/client.ts';
import { freshDataDirectory } from '../support/data.ts';
import { type FakeProvider, startFakeProvider } from '../support/fake-provider.ts';
import { broken, followAcross } from '../support/moving-reader.ts';
import { type Nginx, startNginx } from '../support/nginx.ts';
import { killProcesses, type RunningProcess, startProcess } from '../support/process.ts';
import { hasProgram } from '../support/programs.ts';
import { describeWith } from '../support/services.ts';
import { scratchDatabase } from '../support/stores.ts';
import { startTunnel, type Tunnel } from '../support/tunnel.ts';

const LEASE = 2_000;
const TEXT = Array.from({ length: 200 }, (_, index) => `word${index} 词😀`).join(' ');
const SEND = 'mutation { sendMessage(input: { content: "Go on" }) { generation { id } } }';
const VIEWER = '{ viewer { id } }';
const sendAs = (id: string) =>
  `mutation { sendMessage(input: { content: "Once", clientMutationId: "${id}" }) { generation { id } } }`;
const SOON = { interval: 100, timeout: 20_000 };

/** With Redis, and on PostgreSQL alone. */
for (const [size, redis] of [
  ['with Redis', { REDIS_URL: process.env['REDIS_URL'] ?? '' }],
  ['on PostgreSQL alone', {}],
] as const)
  describeWith(
    `a server that alone has lost PostgreSQL, ${size} (nginx, POSTGRES_URL, REDIS_URL)`,
    hasProgram('nginx') && Boolean(process.env['POSTGRES_URL'] && process.env['REDIS_URL']),
    'apt-get install nginx; scripts/services/services up postgres redis',
    () => {
      let provider: FakeProvider;
      let database: Awaited<ReturnType<typeof scratchDatabase>>;
      let tunnel: Tunnel;
      let well: RunningProcess;
      let lost: RunningProcess;
      let nginx: Nginx;
      const folders = [freshDataDirectory(), freshDataDirectory()];

      beforeAll(async () => {
        provider = await startFakeProvider();
        provider.respond(() => ({ text: TEXT, chunkSize: 8, delayMs: 10 }));
        database = await scratchDatabase(process.env['POSTGRES_URL'] ?? '');
        const own = new URL(database.url);
        tunnel = await startTunnel(Number(own.port || 5432));
        own.port = new URL(tunnel.url).port;
        const settings = {
          ...{ ...redis, BOOTSTRAP_API_KEY: OPERATOR_KEY },
          ...{ MODEL_BALANCED: 'openai-compatible:slow', OPENAI_BASE_URL: provider.url },
          ...{ GENERATION_LEASE: `${LEASE}`, ENABLE_HYBRID_RETRIEVAL: 'false', ENABLE_INTENT_TRACKING: 'false' },
          TRUSTED_PROXIES: '127.0.0.1', // nginx, and all of this test that does not say otherwise
        };
        well = await startProcess({ ...settings, POSTGRES_URL: database.url, DATA_DIR: folders[0]?.path ?? '' });
        lost = await startProcess({ ...settings, POSTGRES_URL: own.href, DATA_DIR: folders[1]?.path ?? '' });
        nginx = await startNginx([well.url, lost.url]);
      });
      afterEach(async () => {
        tunnel.held = false;
        while ((await direct()).status !== 200) await new Promise((resolve) => setTimeout(resolve, 50));
      });
      afterAll(async () => {
        await nginx?.stop();
        killProcesses();
        await tunnel?.close();
        await database?.drop();
        await provider?.close();
        for (const folder of folders) folder.remove();
      });

      /** Status of the lost server's answer to a client that comes from no proxy. */
      const direct = () => statusFrom('127.0.0.2', lost.url);
      const loses = async () => {
        tunnel.held = true;
        await expect.poll(direct, SOON).toEqual({ status: 503, code: 'STORE_UNAVAILABLE' });
      };

      test('refuses its own clients at once, leaves those of nginx to the other server, and serves again when it can', async () => {
        await loses();
        await expect(upgrade(lost.url, '127.0.0.2')).resolves.toBe('HTTP/1.1 503 Service Unavailable');
        await expect(upgrade(lost.url, '127.0.0.1')).resolves.toBe('');
        const asking = client(nginx.url, OPERATOR_KEY);
        const statuses: number[] = [];
        for (let count = 0; count < 20; count += 1) statuses.push((await asking.request(VIEWER)).status);
        expect(new Set(statuses)).toEqual(new Set([200]));
        for (let count = 0; count < 10; count += 1)
          for await (const { data } of asking.ws(VIEWER)) expect(data.viewer.id).toBeTruthy();
        tunnel.held = false;
        await expect.poll(direct, SOON).toEqual({ status: 200, code: undefined });
      });

      test('what was sent to it before it knew is done by the other server, once where it has a clientMutationId', async () => {
        await direct(); // it knows the key, and waits for the database with the mutation itself
        tunnel.held = true;
        const early = statusFrom('127.0.0.2', lost.url, sendAs('early'));
        const asking = client(nginx.url, OPERATOR_KEY);
        const ids = Array.from({ length: 12 }, (_, index) => `half-open-${index}`);
        const sent = await Promise.all(ids.map((id) => asking.request(sendAs(id))));
        expect(sent.map(({ status, errors }) => errors ?? status)).toEqual(ids.map(() => 200));
        expect(await early).toEqual({ status: 503, code: 'STORE_UNAVAILABLE' });
        tunnel.held = false;
        const again = await Promise.all(ids.map((id) => asking.request(sendAs(id))));
        expect(again.map(({ data }) => data)).toEqual(sent.map(({ data }) => data));
      });

      test('a socket from before is closed when more is asked on it, once the lease is over', async () => {
        const { promise: opened, resolve: open } = Promise.withResolvers<void>();
        const { promise: closed, resolve: close } = Promise.withResolvers<number>();
        const socket = createClient({
          ...{
            url: `${lost.url.replace('http', 'ws')}/graphql`,
            webSocketImpl: WebSocket,
            lazy: false,
            retryAttempts: 0,
          },
          connectionParams: { authorization: `Bearer ${OPERATOR_KEY}` },
          on: { connected: () => open(), closed: (event) => close((event as CloseEvent).code) },
          onNonLazyError: () => undefined,
        });
        await opened;
        tunnel.held = true;
        let code: number | undefined;
        void closed.then((told) => {
          code = told;
        });
        while (code === undefined) {
          await socket
            .iterate({ query: FOLLOW, variables: { id: 'R2VuZXJhdGlvbjox' } })
            .next()
            .catch(() => undefined);
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
        expect(code).toBe(1013); // try again later
      });

      test('a reader there goes on at the server that took its answer over, though the database stays away', async () => {
        const { data } = await client(lost.url, OPERATOR_KEY).request(SEND);
        const { id } = data.sendMessage.generation;
        const history = await followAcross(() => [lost.url, well.url], OPERATOR_KEY, id, {
          onEvent: ({ __typename }) => {
            if (__typename === 'TextDelta') tunnel.held = true;
          },
        });
        expect(broken(history)).toEqual([]);
        expect(history.held).toBe(TEXT);
        expect(new Set(history.events.map(({ from }) => from))).toEqual(new Set([lost.url, well.url]));
      });
    },
  );

/** As a client of that address of loopback. */
async function statusFrom(localAddress: string, url: string, query = VIEWER) {
  const body = JSON.stringify({ query });
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${OPERATOR_KEY}` };
  const asked = request(`${url}/graphql`, { method: 'POST', headers, localAddress, agent: false }).end(body);
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  const { errors } = (await json(response)) as { errors?: [{ extensions: { code: string } }] };
  return { status: response.statusCode, code: errors?.[0].extensions.code };
}

/** The first line of the answer to a WebSocket's handshake; empty where the server hangs up. */
async function upgrade(url: string, localAddress: string): Promise<string> {
  const { hostname: host, port } = new URL(url);
  const socket = connect({ host, port: Number(port), localAddress });
  socket.on('error', () => undefined);
  socket.write(
    `GET /graphql HTTP/1.1\r\nhost: parley\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: ${Buffer.alloc(16).toString('base64')}\r\nsec-websocket-protocol: graphql-transport-ws\r\n\r\n`,
  );
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk;
    socket.destroy();
  });
  await once(socket, 'close');
  return answer.split('\r\n')[0] ?? '';
}
