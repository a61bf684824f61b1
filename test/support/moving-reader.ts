import { applied, client, EVENT, type StreamEvent } from './client.ts';

const FOLLOW = `subscription($id: ID!, $after: String) { generation(id: $id, after: $after) { ${EVENT} } }`;
const TERMINAL = new Set(['GenerationCompleted', 'GenerationFailed', 'GenerationCancelled']);

/** What one reader saw of a generation, wherever it was connected. */
export interface History {
  readonly events: readonly (StreamEvent & { readonly from: string; readonly seenAt: number })[];
  /** What the reader holds of the text. */
  readonly held: string;
  /** Milliseconds from the loss of a connection to the next event, or to an answer that has none. */
  readonly gaps: readonly number[];
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
  const events: (StreamEvent & { from: string; seenAt: number })[] = [];
  const gaps: number[] = [];
  let held = '';
  let cursor: string | null = null;
  let lostAt: number | null = null;
  for (let turn = first; ; turn += 1) {
    const urls = servers();
    const from = urls[turn % urls.length] ?? '';
    try {
      for await (const { data, errors } of client(from, key).sse(FOLLOW, { id: generationId, after: cursor })) {
        if (errors) throw new Error(JSON.stringify(errors));
        if (lostAt !== null) gaps.push(performance.now() - lostAt);
        lostAt = null;
        const event = data.generation as StreamEvent;
        held = applied(held, event);
        cursor = event.cursor;
        events.push({ ...event, from, seenAt: performance.now() });
        onEvent(event);
        if (TERMINAL.has(event.__typename)) return { events, held, gaps };
      }
    } catch (error) {
      if (error instanceof Error && error.message.startsWith('a delta')) throw error;
    }
    lostAt ??= performance.now();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Where the history breaks a promise: cursors rise, nothing comes twice, and there is one terminal event, the last. */
export function broken({ events }: History): string[] {
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
