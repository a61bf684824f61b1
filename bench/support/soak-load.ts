/** The load of the soak: clients in parallel until it ends. Reports each action with its milliseconds. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { ask } from './npm-start.ts';
import { markdown, question } from './texts.ts';

export type Kind = 'chats' | 'first tokens' | 'resumed' | 'documents' | 'searches' | 'lists';
export interface Tally {
  done(kind: Kind, milliseconds: number): void;
  failed(what: string, error: unknown): void;
}

const CHATS = 12;
const WRITERS = 2;
const SEARCHERS = 2;
/** Documents that the library holds, and bytes of the smallest and largest. */
const LIBRARY = 60;
const BYTES = [2_000, 30_000] as const;
/** Turns of a conversation, and of how many one is lost in the middle and resumed. */
const TURNS = 8;
const LOST = 5;

const EVENT = `__typename cursor generationId
  ... on GenerationStarted { conversationId }
  ... on TextDelta { text }
  ... on PassagesRetrieved { passages { id text document { id title } } }
  ... on CitationAdded { citation { quote passage { document { title } } } }
  ... on GenerationFailed { error { code message } }`;
const CHAT = `subscription ($input: SendMessageInput!) { chat(input: $input) { ${EVENT} } }`;
const RESUME = `subscription ($id: ID!, $after: String) { generation(id: $id, after: $after) { ${EVENT} } }`;
const PROGRESS = 'subscription ($id: ID!) { documentProgress(id: $id) { stage document { error } } }';
const LISTS = `{ conversations(first: 20, orderBy: UPDATED) { edges { node { title messages(last: 10) { edges { node { content citations { quote } } } } } } }
  documents(first: 20) { edges { node { title status passageCount } } } }`;

interface Event {
  readonly __typename: string;
  readonly cursor: string;
  readonly generationId: string;
  readonly conversationId?: string;
  readonly error?: { readonly message: string };
}

/** Answers when all of it has ended, after `over` aborted. */
export async function load(url: string, tally: Tally, over: AbortSignal): Promise<void> {
  const socket = () =>
    createClient({ url: `${url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket, retryAttempts: 0 });
  const library: string[] = [];
  const looped = async (what: string, one: (client: Client, round: number) => Promise<void>) => {
    const client = socket();
    for (let round = 0; !over.aborted; round += 1) {
      try {
        await one(client, round);
      } catch (error) {
        tally.failed(what, error);
        await sleep(200);
      }
    }
    await client.dispose();
  };
  const times = (count: number, start: () => Promise<void>) => Array.from({ length: count }, start);
  await Promise.all([
    ...times(CHATS, () => looped('chat', chatter(tally))),
    ...times(WRITERS, () => looped('document', (client) => comeAndGo(url, client, library, tally))),
    ...times(SEARCHERS, () =>
      looped('search', async () => {
        const search = 'query ($query: String!) { search(query: $query) { passages { text document { title } } } }';
        await timed('searches', tally, () => ask(url, search, { query: question() }));
        await sleep(50);
      }),
    ),
    looped('list', async () => {
      await timed('lists', tally, () => ask(url, LISTS));
      await sleep(300);
    }),
  ]);
}

async function timed(kind: Kind, tally: Tally, work: () => Promise<unknown>): Promise<void> {
  const started = performance.now();
  await work();
  tally.done(kind, performance.now() - started);
}

/** Conversations of several turns, one after the other; some answers are lost in the middle and resumed. */
function chatter(tally: Tally): (client: Client, round: number) => Promise<void> {
  let conversationId: string | null = null;
  return async (client, round) => {
    if (round % TURNS === 0) conversationId = null;
    const started = performance.now();
    const isLost = round % LOST === LOST - 1;
    let events = client.iterate<Record<string, Event>>({
      query: CHAT,
      variables: { input: { conversationId, content: question() } },
    });
    let last: Event | undefined;
    for (let parts = isLost ? 2 : 1; parts > 0; parts -= 1) {
      let tokens = 0;
      for await (const { data, errors } of events) {
        if (errors || !data) throw new Error(JSON.stringify(errors));
        last = Object.values(data)[0] as Event;
        if (last.conversationId) conversationId = last.conversationId;
        if (last.error) throw new Error(last.error.message);
        if (last.__typename !== 'TextDelta') continue;
        tokens += 1;
        if (tokens === 1 && parts === (isLost ? 2 : 1)) tally.done('first tokens', performance.now() - started);
        if (parts === 2 && tokens === 3) break;
      }
      if (parts === 2)
        events = client.iterate<Record<string, Event>>({
          query: RESUME,
          variables: { id: last?.generationId, after: last?.cursor },
        });
    }
    if (last && !/^(GenerationCompleted|EvaluationAdded|AnswerRevised)$/.test(last.__typename))
      throw new Error(`a stream ended after ${last.__typename}`);
    tally.done('chats', performance.now() - started);
    if (isLost) tally.done('resumed', performance.now() - started);
  };
}

/** A document comes, and is indexed; where the library is full the oldest goes. */
async function comeAndGo(url: string, client: Client, library: string[], tally: Tally): Promise<void> {
  const text = markdown(BYTES[0] + Math.random() * (BYTES[1] - BYTES[0]));
  await timed('documents', tally, async () => {
    const { addDocument } = await ask<{ addDocument: { id: string } }>(
      url,
      'mutation ($text: String!) { addDocument(input: { title: "Soak", text: $text }) { id } }',
      { text },
    );
    type Progress = { documentProgress: { stage: string; document: { error: string | null } } };
    let stage = '';
    for await (const { data, errors } of client.iterate<Progress>({
      query: PROGRESS,
      variables: { id: addDocument.id },
    })) {
      if (errors) throw new Error(JSON.stringify(errors));
      if (data) stage = `${data.documentProgress.stage} ${data.documentProgress.document.error ?? ''}`;
    }
    if (stage !== 'INDEXED ') throw new Error(`a document ended as ${stage}`);
    library.push(addDocument.id);
  });
  const oldest = library.length > LIBRARY ? library.shift() : undefined;
  if (oldest) await ask(url, 'mutation ($id: ID!) { deleteDocument(id: $id) { deletedId } }', { id: oldest });
}
