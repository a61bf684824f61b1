import { applied, FOLLOW, type StreamEvent } from './client.ts';
import { createSseParser } from './sse.ts';

const TERMINAL = new Set(['GenerationCompleted', 'GenerationFailed', 'GenerationCancelled']);

/** What one reader saw of a generation, wherever it was connected. */
export interface History {
  readonly events: readonly (StreamEvent & { readonly from: string })[];
  /** What the reader holds of the text. */
  readonly held: string;
  /** Milliseconds from the loss of a connection until another server streams again. */
  readonly reconnected: readonly number[];
  /** Milliseconds from the loss of a connection until the next event. */
  readonly gaps: readonly number[];
}

/** The events of one connection, until it ends or breaks. */
async function* connection(
  url: string,
  key: string,
  variables: object,
  onOpen: () => void,
): AsyncGenerator<StreamEvent> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      ...{ 'content-type': 'application/json', accept: 'text/event-stream' },
      authorization: `Bearer ${key}`,
    },
    body: JSON.stringify({ query: FOLLOW, variables }),
  });
  if (response.status !== 200) throw new Error(`HTTP ${response.status}`);
  onOpen();
  for await (const { event, data } of createSseParser(response.body as ReadableStream<Uint8Array>)) {
    if (event !== 'next') continue;
    const { data: result, errors } = JSON.parse(data);
    if (errors) throw new Error(JSON.stringify(errors));
    yield result.generation;
  }
}

/**
 * Follows a generation to its terminal event, as a client behind a load balancer does: where a connection breaks, it goes on at the
 * next of the servers with its last cursor. Throws where a delta does not follow what it holds.
 */
export async function followAcross(
  servers: () => readonly string[],
  key: string,
  generationId: string,
  {
    first = 0,
    onEvent = () => undefined,
  }: { readonly first?: number; readonly onEvent?: (event: StreamEvent) => void } = {},
): Promise<History> {
  const events: (StreamEvent & { from: string })[] = [];
  const gaps: number[] = [];
  const reconnected: number[] = [];
  let held = '';
  let cursor: string | null = null;
  let lostAt: number | null = null;
  for (let turn = first; ; turn += 1) {
    const urls = servers();
    const from = urls[turn % urls.length] ?? '';
    const opened = () => {
      if (lostAt !== null) reconnected.push(performance.now() - lostAt);
    };
    try {
      for await (const event of connection(from, key, { id: generationId, after: cursor }, opened)) {
        if (lostAt !== null) gaps.push(performance.now() - lostAt);
        lostAt = null;
        held = applied(held, event);
        cursor = event.cursor;
        events.push({ ...event, from });
        onEvent(event);
        if (TERMINAL.has(event.__typename)) return { events, held, gaps, reconnected };
      }
    } catch (error) {
      if (error instanceof Error && error.message.startsWith('a delta')) throw error;
    }
    lostAt ??= performance.now();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Where the history breaks a promise: cursors rise, nothing comes twice, and there is one terminal event, the last. */
export function broken({ events }: Pick<History, 'events'>): string[] {
  const problems: string[] = [];
  let before = [0, -1];
  for (const { cursor } of events) {
    const place = cursor.split('-').map(Number);
    const [epoch = 0, position = 0] = place;
    if (epoch < (before[0] ?? 0) || (epoch === before[0] && position <= (before[1] ?? 0)))
      problems.push(`${cursor} comes after ${before.join('-')}`);
    before = place;
  }
  const terminal = events.filter(({ __typename }) => TERMINAL.has(__typename));
  if (terminal.length !== 1) problems.push(`${terminal.length} terminal events`);
  return problems;
}
