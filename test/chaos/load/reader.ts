/** A reader of one generation: it comes again with its last cursor wherever its connection breaks. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type SeenEvent, TERMINAL } from '../history/records.ts';
import { connections, type Way } from './connection.ts';
import type { Client } from './requests.ts';

/** Milliseconds in which the end must come. */
const PATIENCE = 180_000;

export const EVENT = `__typename cursor generationId
  ... on GenerationStarted { attempt } ... on TextDelta { text offset } ... on TextSnapshot { text attempt }
  ... on GenerationCompleted { message { id content } } ... on GenerationCancelled { message { id content } }
  ... on GenerationFailed { error { code message } } ... on EvaluationAdded { evaluation { id } }`;
export const FOLLOW = `subscription($id: ID!, $after: String) { generation(id: $id, after: $after) { ${EVENT} } }`;

export interface ReaderOptions {
  readonly way: Way;
  /** Milliseconds after which it goes for good. */
  readonly leaveAfter?: number;
  /** What it keeps of an event: a planted violation drops or doubles one. */
  readonly keep?: (event: SeenEvent) => readonly SeenEvent[];
}

export async function follow(
  { url, key, viewer, recorder }: Client,
  generationId: string,
  { way, leaveAfter = PATIENCE, keep = (event) => [event] }: ReaderOptions,
): Promise<void> {
  const reader = recorder.number();
  const leaving = AbortSignal.timeout(leaveAfter);
  let after = null as string | null;
  recorder.add({ kind: 'reader', reader, viewer, generationId });
  while (!leaving.aborted) {
    try {
      const asked = { url, key: key ?? '', query: FOLLOW, variables: { id: generationId, after } };
      const onOpen = () => recorder.add({ kind: 'connected', reader });
      for await (const received of connections[way]({ ...asked, signal: leaving, onOpen })) {
        if ('errors' in received) {
          recorder.add({ kind: 'refused', reader, errors: received.errors });
          continue;
        }
        const event: SeenEvent = received.event;
        after = event.cursor;
        for (const kept of keep(event)) recorder.add({ kind: 'event', reader, event: kept });
        if (TERMINAL.has(event.__typename)) return;
      }
    } catch {
      // The connection broke: the next one follows.
    }
    if (!leaving.aborted) recorder.add({ kind: 'disconnected', reader });
    await sleep(20 + Math.random() * 80);
  }
  recorder.add({ kind: leaveAfter < PATIENCE ? 'left' : 'gave-up', reader });
}
