import { EventSource } from 'eventsource';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { client, type StreamEvent } from '../support/client.ts';
import {
  authorization,
  eventOf,
  Held,
  iterate,
  KEY,
  RESUME,
  type Scene,
  SEND,
  startScene,
  TEXT,
  testClient,
} from './scene.ts';

describe('EventSource', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await startScene();
  });
  afterAll(() => scene?.close());

  /** Like a browser's, except for the header: a page sends its key by fetch, or the server needs none. */
  const open = (id: string, after: string | null) => {
    const given = new URLSearchParams({ query: RESUME, variables: JSON.stringify({ id, after }) });
    return new EventSource(`${scene.graphql}?${given}`, {
      fetch: (input, init) => fetch(input, { ...init, headers: { ...init.headers, authorization } }),
    });
  };
  const send = async (content: string) => {
    const { data } = await client(scene.app.url, KEY).request(SEND, { input: { content } });
    return data.sendMessage.generation.id as string;
  };
  /** `lost`: an error after which the source does not reconnect ends the reading. */
  const read = (id: string, after: string | null, { lost }: { readonly lost: 'ends' | 'resumes' }) =>
    iterate<StreamEvent>((sink) => {
      const source = open(id, after);
      source.addEventListener('next', ({ data }) => sink.next(eventOf(JSON.parse(data).data)));
      source.addEventListener('complete', () => sink.complete());
      source.addEventListener('error', (error) => {
        if (lost === 'ends' || source.readyState === source.CLOSED) sink.error(error);
      });
      return () => source.close();
    });

  testClient(
    () => scene,
    () => ({
      send,
      // Anybody's page can make a browser GET: what writes is not asked for in this way.
      async *chat({ content }: { content?: string }) {
        yield* read(await send(content ?? ''), null, { lost: 'ends' });
      },
      resume: (id, after) => read(id, after, { lost: 'ends' }),
    }),
  );

  test('resumes automatically after a cut, by Last-Event-ID, and gets no event twice', async () => {
    const id = await send('Go on');
    const held = new Held();
    for await (const event of read(id, null, { lost: 'resumes' })) {
      held.take(event);
      if (held.seen.size === 8) scene.tunnel.cut();
    }
    expect(held.text).toBe(TEXT);
    expect(held.ended).toBe(true);
  });
});
