import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SettingsError } from '#config/load.ts';
import type { ServiceCall } from '#core/ports/services.ts';
import { dryTurn } from '#core/turn/dry-turn.ts';
import type { Viewer } from '#core/viewer.ts';
import type { RunningService } from '../../services/host/service.ts';
import { serviceClient } from '../../src/adapters/services/client.ts';
import { startFakeProvider } from '../support/fake-provider.ts';
import { runService } from '../support/service.ts';

const SECRET = 'service-secret-0123456789abcdef0123456789';
const viewer: Viewer = { id: 'v1', subject: 'ann', tenant: 'acme', role: 'USER' };
const claims = { subject: 'ann', tenant: 'acme', role: 'USER' };

let service: RunningService;
beforeAll(async () => {
  service = await runService('intent-tracker', { SERVICE_SECRET: SECRET, METRICS_TOKEN: 'metrics-token-0123456789' });
});
afterAll(() => service.stop());

interface Token {
  readonly secret?: string;
  readonly audience?: string;
  readonly issuer?: string;
  readonly subject?: string;
  readonly expires?: string;
  readonly claims?: Record<string, unknown>;
}
const tokenOf = (given: Token = {}) =>
  new SignJWT(given.claims ?? claims)
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(given.issuer ?? 'parley')
    .setAudience(given.audience ?? 'intent-tracker')
    .setSubject(given.subject ?? 'v1')
    .setExpirationTime(given.expires ?? '60s')
    .sign(new TextEncoder().encode(given.secret ?? SECRET));

async function post(token: string | undefined, body: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(`${service.url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}
const SDL = { query: '{ _service { sdl } }' };

const call = (content = '继续上面的话题', others: Partial<ServiceCall> = {}): ServiceCall<'understand'> => ({
  ...{ service: 'intent-tracker', address: service.url, hook: 'understand', viewer, withinMs: 30_000 },
  ...{ question: dryTurn(viewer, content, [], new Set()), signal: new AbortController().signal },
  ...(others as Partial<ServiceCall<'understand'>>),
});

describe('a service', () => {
  test('answers the platform’s call of its hook', async () => {
    const { answer, notes, usage } = await serviceClient(SECRET).ask(call());
    expect(answer).toMatchObject({ type: 'task_continuation', topicShift: false });
    expect([notes, usage]).toEqual([[], []]);
  });

  test.each([
    ['a lone surrogate', 'what is \ud800 this'],
    ['NUL and control characters', 'a\u0000b\u0007\u2028c'],
    ['another direction', '\u202eמה זה\u202c?'],
    ['markup and a query', '"}) { __schema } <script>x</script>\\'],
    ['200,000 characters', 'long 长 '.repeat(25_000)],
  ])('answers a message with %s', async (_case, content) => {
    const history = [
      { role: 'USER' as const, content },
      { role: 'ASSISTANT' as const, content },
    ];
    const question = { ...dryTurn(viewer, content, history, new Set()), topic: content, summary: content };
    const { answer } = await serviceClient(SECRET).ask(call('', { question, withinMs: 10_000 }));
    expect(typeof (answer as { type: unknown }).type).toBe('string');
  });

  test('answers a call that belongs to no viewer', async () => {
    expect((await serviceClient(SECRET).ask(call('Hello', { viewer: null }))).answer).toMatchObject({
      type: 'small_talk',
    });
  });

  test.each<[string, Token]>([
    ['another secret', { secret: 'another-secret-0123456789abcdef0123456789' }],
    ['the secret of services on one machine', { secret: 'parley-services-on-this-machine-alone' }],
    ['another service’s audience', { audience: 'hybrid-retriever' }],
    ['another issuer', { issuer: 'somebody' }],
    ['a time that is over', { expires: '-60s' }],
    ['no tenant', { claims: { subject: 'ann', role: 'USER' } }],
    ['a role that is none', { claims: { ...claims, role: 'ROOT' } }],
  ])('refuses a token with %s', async (_case, given) => {
    const { status, body } = await post(await tokenOf(given), SDL);
    expect([status, body.errors[0].extensions.code]).toEqual([401, 'UNAUTHENTICATED']);
  });

  test('refuses calls without a token, before it reads what they ask', async () => {
    for (const body of [SDL, { query: '{ __schema { types { name } } }' }, 'no JSON'])
      expect((await post(undefined, body)).status).toBe(401);
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    expect((await post(`${none}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.x`, SDL)).status).toBe(
      401,
    );
  });

  test('answers hostile requests with errors that clients know', async () => {
    const token = await tokenOf();
    expect((await post(token, 'no JSON')).status).toBe(400);
    expect((await post(token, { query: '{ nothing }' })).body.errors[0].extensions.code).toBe('BAD_USER_INPUT');
    expect((await post(token, SDL, { 'content-type': 'text/plain' })).status).toBe(415);
    const deep = `{ _service ${'{ sdl '.repeat(50)}${'}'.repeat(50)} }`;
    expect((await post(token, { query: deep })).status).toBe(400);
    expect((await post(token, 'x'.repeat(9_000_000))).status).toBe(413);
    const none = { turn: { kind: 'send', content: 1, history: [] } };
    const typed = 'query($turn: UnderstandInput!) { understand(turn: $turn) { answer { type } } }';
    expect((await post(token, { query: typed, variables: none })).body.errors[0].extensions.code).toBe(
      'BAD_USER_INPUT',
    );
  });

  test('is ready, alive, and shows its plugin’s metrics to a scraper with the token alone', async () => {
    const at = (path: string, headers = {}) => fetch(service.url + path, { headers });
    expect(await (await at('/ready')).json()).toEqual({ status: 'ready', reasons: [] });
    expect((await at('/health')).status).toBe(200);
    expect((await at('/metrics')).status).toBe(401);
    const metrics = await (await at('/metrics', { authorization: 'Bearer metrics-token-0123456789' })).text();
    expect(metrics).toMatch(/parley_intents_total\{type="task_continuation"\} [1-9]/);
    expect(metrics).toMatch(/parley_stage_duration_seconds_count\{stage="understand",plugin="intent",outcome="OK"\}/);
    expect((await at('/other')).status).toBe(404);
  });

  test('ends its work when the deadline of the call is over, and when the caller is gone', async () => {
    const provider = await startFakeProvider();
    provider.always({ text: 'late', delayMs: 60_000 });
    const slow = await runService('intent-tracker', {
      ...{ SERVICE_SECRET: SECRET, INTENT_MODEL: 'openai-compatible:slow', INTENT_MODEL_TIMEOUT: '1400' },
      DEADLINE_FACTOR: '100', // the model's own limit ends nothing here
      ...{ MODEL_BALANCED: 'openai-compatible:slow', OPENAI_BASE_URL: provider.url },
    });
    const client = serviceClient(SECRET);
    const question = 'What is a noun?';
    // On a busy machine a short deadline may be over before the model is asked.
    for (let withinMs = 100; provider.calls.length === 0; withinMs *= 2)
      await expect(client.ask(call(question, { address: slow.url, withinMs }))).rejects.toThrow(
        'INTERNAL_SERVER_ERROR',
      );
    await expect.poll(() => provider.openCalls()).toBe(0);
    const controller = new AbortController();
    const asked = client.ask(call(question, { address: slow.url, withinMs: 30_000, signal: controller.signal }));
    await expect.poll(() => provider.openCalls()).toBe(1);
    controller.abort(new Error('cancelled'));
    await expect(asked).rejects.toThrow('cancelled');
    await expect.poll(() => provider.openCalls()).toBe(0);
    await slow.stop();
    await provider.close();
  });

  test('answers by itself where its model is out of reach', async () => {
    const slow = await runService('intent-tracker', {
      SERVICE_SECRET: SECRET,
      INTENT_MODEL: 'openai-compatible:slow',
      MODEL_BALANCED: 'openai-compatible:slow',
      OPENAI_BASE_URL: 'http://127.0.0.1:9/v1',
    });
    const { answer } = await serviceClient(SECRET).ask(call('What is a noun?', { address: slow.url }));
    expect((answer as { signals: string[] }).signals).toContain('model_failed');
    await slow.stop();
  });

  test('does not start outside of loopback without a secret, and says what to do', async () => {
    await expect(runService('intent-tracker', { HOST: '0.0.0.0' })).rejects.toThrow(SettingsError);
    await expect(runService('intent-tracker', { HOST: '0.0.0.0' })).rejects.toThrow(
      /SERVICE_SECRET.*HOST=127\.0\.0\.1/,
    );
  });

  test('tells what to do about a port that is taken', async () => {
    const { port } = new URL(service.url);
    await expect(runService('intent-tracker', { PORT: port })).rejects.toThrow(`port ${port} is taken; stop what`);
  });

  test('answers no page of a browser where it has no secret', async () => {
    const open = await runService('intent-tracker');
    const asked = (headers: Record<string, string>) => fetch(`${open.url}/ready`, { headers });
    expect((await asked({})).status).toBe(200);
    expect((await asked({ origin: 'https://evil.example' })).status).toBe(403);
    expect((await serviceClient(undefined).ask(call('Hello', { address: open.url }))).answer).not.toBeNull();
    await expect(serviceClient(SECRET).ask(call('Hello', { address: open.url }))).rejects.toThrow('401');
    await open.stop();
  });
});
