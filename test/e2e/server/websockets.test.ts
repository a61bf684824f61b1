/** WebSockets: many operations on one socket, and how a socket is closed. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import WebSocket from 'ws';
import { listen } from '#core/runtime/diagnostics.ts';
import { OPERATOR_KEY, startApp, type TestApp } from '../../support/app.ts';
import { type Client, client } from '../../support/client.ts';
import { WEBSOCKET } from './requests.ts';

let app: TestApp;
let viewer: Client;
beforeAll(async () => {
  app = await startApp();
  viewer = client(app.url, OPERATOR_KEY);
});
afterAll(() => app.remove());

describe('one socket with many operations', () => {
  interface Message {
    readonly id?: string;
    readonly type: string;
    readonly payload?: unknown;
  }
  /** An accepted socket. `heard` holds all messages, `closed` the close code. */
  async function opened() {
    const socket = new WebSocket(`${app.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    const heard: Message[] = [];
    const waiting = new Set<() => void>();
    socket.on('message', (data) => {
      heard.push(JSON.parse(String(data)));
      for (const look of waiting) look();
    });
    const closed = new Promise<number>((resolve) => socket.once('close', resolve));
    const until = (what: (message: Message) => boolean) =>
      new Promise<Message>((resolve) => {
        const look = () => {
          const found = heard.find(what);
          if (found) resolve(found);
        };
        waiting.add(look);
        look();
      });
    const send = (message: object) => socket.send(JSON.stringify(message));
    await new Promise((resolve) => socket.once('open', resolve));
    send({ type: 'connection_init', payload: { authorization: `Bearer ${OPERATOR_KEY}` } });
    await until(({ type }) => type === 'connection_ack');
    const subscribe = (id: string, query: string) => send({ id, type: 'subscribe', payload: { query } });
    return { socket, heard, closed, until, send, subscribe };
  }

  test.each([
    ['cannot be parsed', '{'],
    ['is not valid', '{ nothing }'],
    ['is over a limit', '{ conversations(first: 99999999) { edges { node { id } } } }'],
    ['names no operation', 'query A { __typename } query B { __typename }'],
  ])('keeps the others when a document %s', async (_title, query) => {
    const { socket, until, subscribe } = await opened();
    subscribe('wrong', query);
    const { payload } = await until(({ id, type }) => id === 'wrong' && type === 'error');
    expect((payload as { extensions: { code: string } }[])[0]?.extensions.code).toBe('BAD_USER_INPUT');
    subscribe('right', '{ viewer { subject } }');
    expect((await until(({ id, type }) => id === 'right' && type === 'next')).payload).toEqual({
      data: { viewer: { subject: 'operator' } },
    });
    socket.close();
  });

  test('refuses those past its limit, and keeps the others', async () => {
    const { data } = await viewer.request('mutation { createConversation(input: {}) { id } }');
    const { socket, heard, until, subscribe } = await opened();
    for (let index = 0; index < 110; index += 1)
      subscribe(`${index}`, `subscription { conversation(id: "${data.createConversation.id}") { at } }`);
    const { payload } = await until(({ id, type }) => id === '109' && type === 'error');
    expect((payload as { extensions: object }[])[0]?.extensions).toEqual({ code: 'RATE_LIMITED', retryAfter: 1 });
    expect(heard.filter(({ type }) => type === 'error')).toHaveLength(10);
    expect(socket.readyState).toBe(socket.OPEN);
    socket.close();
  });

  test.each([
    ['too large', 'x'.repeat(2_000_000), 1009],
    ['no JSON', '{', 4400],
    ['of no known type', '{"type":"nonsense"}', 4400],
    ['one that only a server sends', '{"id":"1","type":"next","payload":{}}', 4400],
  ])('is closed by a message that is %s', async (_title, message, code) => {
    const { socket, closed } = await opened();
    socket.on('error', () => undefined);
    socket.send(message);
    expect(await closed).toBe(code);
  });
});

test('a client that sends and does not read is read no further than memory allows', async () => {
  const socket = connect(Number(new URL(app.url).port), '127.0.0.1').on('error', () => undefined);
  const opened = new Promise((resolve) => socket.once('data', resolve));
  socket.write(`GET /graphql HTTP/1.1\r\nhost: x\r\n${WEBSOCKET}sec-websocket-protocol: graphql-transport-ws\r\n\r\n`);
  await opened;
  socket.pause();
  const ping = frame(0x81, `{"type":"ping","payload":{"x":"${'x'.repeat(10_000)}"}}`);
  const pings = Buffer.alloc(ping.length * 400, ping);
  for (let written = 0; written < 40_000_000; written += pings.length) socket.write(pings);
  for (let left = -1; left !== socket.writableLength; ) {
    left = socket.writableLength;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  expect(socket.writableLength).toBeGreaterThan(0); // the server takes no more
  socket.resume(); // until the client reads
  await expect.poll(() => socket.writableLength, { timeout: 20_000 }).toBe(0);
  socket.destroy();
});

/** A frame of a client, masked with zeros. */
function frame(opcode: number, text: string): Buffer {
  const length = text.length < 126 ? [0x80 | text.length] : [0xfe, text.length >> 8, text.length & 0xff];
  return Buffer.concat([Buffer.from([opcode, ...length, 0, 0, 0, 0]), Buffer.from(text)]);
}

test('a client that does not answer the closing handshake does not hold the end back', async () => {
  const closing = await startApp();
  const warnings: string[] = [];
  const stop = listen('parley:warning', ({ source, message }) => warnings.push(`${source}: ${message}`));
  const socket = connect(Number(new URL(closing.url).port), '127.0.0.1').on('error', () => undefined);
  const opened = new Promise((resolve) => socket.once('data', resolve)); // and then reads on, and answers nothing
  socket.write(`GET /graphql HTTP/1.1\r\nhost: x\r\n${WEBSOCKET}sec-websocket-protocol: graphql-transport-ws\r\n\r\n`);
  expect(String(await opened)).toContain('101');
  await closing.remove();
  stop();
  expect(warnings).toEqual([]); // 'server did not stop cleanly'
  socket.destroy();
});

test('a credential that cannot be checked now closes the socket with 1013, and no cause is told or printed', async () => {
  const keys = createServer((_request, response) => response.writeHead(500).end('secret words')).listen(0, '127.0.0.1');
  await once(keys, 'listening');
  const away = await startApp({ JWT_JWKS_URL: `http://127.0.0.1:${(keys.address() as AddressInfo).port}/keys` });
  const printed = vi.spyOn(console, 'error');
  const socket = new WebSocket(`${away.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  await once(socket, 'open');
  const header = Buffer.from('{"alg":"RS256","kid":"a"}').toString('base64url');
  socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${header}.e30.eA` } }));
  const [code, reason] = await once(socket, 'close');
  expect([code, String(reason)]).toEqual([1013, 'The credential could not be checked']);
  expect(printed).not.toHaveBeenCalled();
  printed.mockRestore();
  await away.remove();
  keys.close();
});

test('sockets are closed with 1001 when the server ends', async () => {
  const closing = await startApp();
  const socket = new WebSocket(`${closing.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  await new Promise((resolve) => socket.once('open', resolve));
  const code = new Promise<number>((resolve) => socket.once('close', resolve));
  await closing.remove();
  expect(await code).toBe(1001);
});
