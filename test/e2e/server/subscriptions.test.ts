/** Subscriptions over HTTP: what a client must accept, server-sent events and their ids, EventSource. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OPERATOR_KEY, startApp, type TestApp } from '../../support/app.ts';
import { ask, type Client, client } from '../../support/client.ts';
import { createSseParser } from '../../support/sse.ts';
import { CHAT, countConversations, errorCode, get, post } from './requests.ts';

let app: TestApp;
let viewer: Client;
beforeAll(async () => {
  app = await startApp();
  viewer = client(app.url, OPERATOR_KEY);
});
afterAll(() => app.remove());

const LISTEN = 'subscription($id: ID!, $after: String) { generation(id: $id, after: $after) { __typename cursor } }';

describe('a subscription over HTTP', () => {
  test.each(['application/json', 'application/graphql-response+json', 'multipart/mixed'])(
    'is 406 for a client that accepts %s',
    async (accept) => {
      for (const response of [
        await post(app.url, JSON.stringify({ query: CHAT }), { accept }),
        await get(app.url, { query: LISTEN, variables: '{"id":"x"}' }, { accept }),
      ])
        expect([response.status, await errorCode(response)]).toEqual([406, 'BAD_USER_INPUT']);
    },
  );

  test('is streamed to a client that accepts anything', async () => {
    const response = await post(app.url, JSON.stringify({ query: CHAT }), { accept: '*/*' });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    expect(await response.text()).toContain('event: complete');
  });

  test.each([
    ['application/x-www-form-urlencoded', new URLSearchParams({ query: CHAT }).toString()],
    ['application/graphql', CHAT],
    ['text/plain', JSON.stringify({ query: CHAT })],
  ])('and anything else is 415 as %s, which a form of any page can send', async (type, body) => {
    const response = await post(app.url, body, { 'content-type': type, accept: '*/*' });
    expect([response.status, await errorCode(response)]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
  });

  test.each([
    CHAT,
    'subscription { ...f } fragment f on Subscription { ... on Subscription { chat(input: { content: "Hi" }) { cursor } } }',
    'subscription { alias: chat(input: { content: "Hi" }) { cursor } }',
  ])('that writes is 405 by GET: %s', async (query) => {
    const before = await countConversations(viewer);
    for (const accept of ['text/event-stream', '*/*']) {
      const response = await get(app.url, { query }, { accept });
      expect([response.status, response.headers.get('allow'), await errorCode(response)]).toEqual([
        405,
        'POST',
        'BAD_USER_INPUT',
      ]);
    }
    expect(await countConversations(viewer)).toBe(before);
  });
});

describe('server-sent events', () => {
  interface Event {
    readonly id: string | undefined;
    readonly data: string;
  }
  async function eventsOf(response: Response): Promise<Event[]> {
    const events: Event[] = [];
    for await (const { event, data, id } of createSseParser(response.body as ReadableStream<Uint8Array>))
      if (event === 'next') events.push({ id, data });
    return events;
  }

  test('of a generation carry their cursors as ids, and Last-Event-ID resumes after one', async () => {
    const { events } = await ask(viewer, { content: 'Hi' });
    const variables = JSON.stringify({ id: events[0]?.generationId });
    const accept = 'text/event-stream';
    const all = await eventsOf(await get(app.url, { query: LISTEN, variables }, { accept }));
    expect(all.length).toBeGreaterThan(2);
    for (const { id, data } of all) expect(id).toBe(JSON.parse(data).data.generation.cursor);
    const first = all[0]?.id ?? '';
    expect(
      await eventsOf(await get(app.url, { query: LISTEN, variables }, { accept, 'last-event-id': first })),
    ).toEqual(all.slice(1));
    // It overrides the cursor in the address, which an EventSource sends with every reconnection.
    const after = JSON.stringify({ id: events[0]?.generationId, after: first });
    const second = all[1]?.id ?? '';
    expect(
      await eventsOf(await get(app.url, { query: LISTEN, variables: after }, { accept, 'last-event-id': second })),
    ).toEqual(all.slice(2));
    const end = await get(app.url, { query: LISTEN, variables }, { accept, 'last-event-id': all.at(-1)?.id ?? '' });
    expect(end.status).toBe(204); // an EventSource does not come again
    const wrong = await eventsOf(
      await get(app.url, { query: LISTEN, variables }, { accept, 'last-event-id': 'nonsense' }),
    );
    expect(wrong[0]?.data).toContain('BAD_USER_INPUT');
  });

  test('of a chat carry ids by which the same request resumes, without a second message', async () => {
    const before = await countConversations(viewer);
    const chat = async (headers: Record<string, string>) =>
      eventsOf(await post(app.url, JSON.stringify({ query: CHAT }), { accept: 'text/event-stream', ...headers }));
    const all = await chat({});
    const resumed = await chat({ 'last-event-id': all[0]?.id ?? '' });
    expect(resumed.at(-1)).toEqual(all.at(-1)); // deltas that have queued up come as one
    expect(resumed[0]?.id).not.toBe(all[0]?.id);
    expect(resumed.every(({ id }) => all.some((event) => event.id === id))).toBe(true);
    expect((await chat({ 'last-event-id': '1-1' }))[0]?.data).toContain('NOT_FOUND');
    expect(await countConversations(viewer)).toBe(before + 1);
  });
});

describe('a subscription', () => {
  const LISTEN =
    'subscription($id: ID!) { conversation(id: $id) { conversation { title } ... on MessageAdded { message { conversation { title } } } } }';
  const open = async () =>
    (await viewer.request('mutation { createConversation(input: { title: "Before" }) { id } }')).data
      .createConversation;

  test.each(['sse', 'ws'] as const)('a subscription over %s reads current data, not its cache', async (transport) => {
    const { id } = await open();
    const titles: string[] = [];
    let events = 0;
    const heard = (async () => {
      for await (const { data } of viewer[transport](LISTEN, { id })) {
        events += 1;
        const { message } = data.conversation;
        if (!message) continue; // MessageFinished, ConversationRenamed
        titles.push(message.conversation.title);
        if (titles.length === 4) return;
      }
    })();
    const rename = async (title: string) => {
      await viewer.request(
        'mutation($id: ID!, $title: String!) { renameConversation(id: $id, title: $title) { id } }',
        {
          id,
          title,
        },
      );
      return events;
    };
    await expect.poll(() => rename('Before')).toBeGreaterThan(0);
    const send = () =>
      viewer.request(
        'mutation($id: ID!) { sendMessage(input: { conversationId: $id, content: "Hi" }) { generation { id } } }',
        { id },
      );
    await send();
    await expect.poll(() => titles.length).toBe(2);
    await rename('After');
    await send();
    await heard;
    expect(titles).toEqual(['Before', 'Before', 'After', 'After']);
  });

  test('accepts a subscription by GET, as EventSource sends it', async () => {
    const variables = encodeURIComponent(JSON.stringify({ id: (await open()).id }));
    const gone = new AbortController();
    const response = await fetch(`${app.url}/graphql?query=${encodeURIComponent(LISTEN)}&variables=${variables}`, {
      headers: { accept: 'text/event-stream', authorization: `Bearer ${OPERATOR_KEY}` },
      signal: gone.signal,
    });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    expect(response.headers.get('x-accel-buffering')).toBe('no');
    gone.abort();
  });

  test('refuses an unknown client', async () => {
    const response = await fetch(`${app.url}/graphql?query=${encodeURIComponent(LISTEN)}`, {
      headers: { accept: 'text/event-stream' },
    });
    expect([response.status, (await response.json()).errors[0].extensions.code]).toEqual([401, 'UNAUTHENTICATED']);
  });
});
