import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decodeJwt } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ServiceCall, ServiceHook } from '#core/ports/services.ts';
import { NO_TRACER, provideTracer } from '#core/runtime/work.ts';
import { dryTurn } from '#core/turn/dry-turn.ts';
import type { Viewer } from '#core/viewer.ts';
import { serviceClient } from './client.ts';

const viewer: Viewer = { id: 'v', subject: 'ann', tenant: 'acme', role: 'USER' };
let server: Server;
let address: string;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let body: { readonly query: string; readonly variables: { readonly asked: Record<string, unknown> } };
let headers: IncomingMessage['headers'];

beforeAll(async () => {
  server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    body = JSON.parse(text);
    headers = request.headers;
    answer(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
const json = (value: unknown) => (_request: IncomingMessage, response: ServerResponse) =>
  void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
const intent = {
  ...{ type: 'question', confidence: 1, topic: null, topicShift: false, standaloneQuery: 'x', signals: [] },
};
const asked = (given: unknown) => json({ data: { asked: { answer: given, notes: [], usage: [] } } });
beforeEach(() => {
  answer = asked(intent);
});
afterEach(() => provideTracer(NO_TRACER));

function ask<H extends ServiceHook>(others: Partial<ServiceCall<H>> = {}) {
  const call = {
    ...{ service: 'intent-tracker', address, hook: 'understand', viewer, withinMs: 1_200 },
    ...{ question: dryTurn(viewer, 'Hello', [], new Set()), signal: AbortSignal.timeout(5_000), ...others },
  };
  return serviceClient('s'.repeat(32)).ask(call as ServiceCall<H>);
}

describe('a call of a service', () => {
  test('carries the viewer in its token, the deadline, and what the hook is asked', async () => {
    expect((await ask()).answer).toEqual(intent);
    const claims = decodeJwt(headers.authorization?.slice('Bearer '.length) ?? '');
    expect(claims).toMatchObject({ sub: 'v', subject: 'ann', tenant: 'acme', role: 'USER', aud: 'intent-tracker' });
    expect((claims.exp ?? 0) - Date.now() / 1000).toBeLessThan(61);
    expect(headers['x-deadline-ms']).toBe('1200');
    expect(body.variables.asked).toMatchObject({ content: 'Hello', history: [], topic: null });
    expect(headers['traceparent']).toBeUndefined();
  });

  test('passes on the trace that is under way', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    provideTracer({ ...NO_TRACER, carried: () => traceparent });
    await ask();
    expect(headers['traceparent']).toBe(traceparent);
  });

  test('leaves out what it did not ask for', async () => {
    answer = asked({ ...intent, secret: 'x', __proto__: { polluted: true } });
    expect((await ask()).answer).toEqual(intent);
    const passage = { id: 'p', score: 1, vectorScore: null, keywordScore: null, duplicates: 0, text: 'planted' };
    answer = asked({
      passages: [{ ...passage, highlights: [{ start: 0, end: 1, score: 1, x: 1 }] }],
      strategy: 'HYBRID',
      degraded: [],
    });
    const query = {
      viewer,
      query: 'q',
      limit: 8,
      documentIds: null,
      strategy: null,
      vectorWeight: null,
      keywordWeight: null,
    };
    const question = { ...query, rerank: true, read: async () => new Map() };
    expect(JSON.stringify((await ask({ hook: 'retrieve', question })).answer)).not.toMatch(/planted|"x"/);
  });

  test('is closed when it is aborted', async () => {
    const controller = new AbortController();
    const closed = new Promise<void>((resolve) => {
      answer = (_request, response) => {
        response.on('close', resolve);
        controller.abort(new Error('cancelled'));
      };
    });
    await expect(ask({ signal: controller.signal })).rejects.toThrow('cancelled');
    await closed;
  });

  test.each<[string, typeof answer, RegExp]>([
    [
      'an error',
      json({ data: null, errors: [{ message: 'x', extensions: { code: 'INTERNAL_SERVER_ERROR' } }] }),
      /INTERNAL_SERVER_ERROR/,
    ],
    [
      'an error that is none of the catalogue',
      json({ errors: [{ message: 'secret', extensions: { code: 'what a person wrote' } }] }),
      /an error$/,
    ],
    ['no data', json({ data: null }), /no data/],
    ['no object', json(17), /no data/],
    ['no JSON', (_request, response) => void response.writeHead(200).end('<html>'), /no JSON/],
    ['HTTP 500', (_request, response) => void response.writeHead(500).end('{}'), /HTTP 500/],
    [
      'more than an answer may have',
      (_request, response) => void response.writeHead(200).end(Buffer.alloc(200_000, ' ')),
      /bytes/,
    ],
    ['a redirect', (_request, response) => void response.writeHead(302, { location: '/elsewhere' }).end(), /./],
    [
      'half an answer',
      (_request, response) =>
        void response.writeHead(200, { 'content-length': 100 }).write('{', () => response.destroy()),
      /./,
    ],
  ])('rejects where the service answers %s', async (_case, given, message) => {
    answer = given;
    await expect(ask()).rejects.toThrow(message);
  });
});
