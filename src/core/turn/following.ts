import type { FollowedGeneration, RecalledAnswer } from '../turn.ts';
import type { Viewer } from '../viewer.ts';
import type { ReadEvents } from './generation-events.ts';
import type { TurnRun } from './turn-run.ts';

/**
 * Generations that a turn follows, one after the other, before it asks the model itself. Where one ends without an answer the plugin
 * is asked again: it says whom to follow now, or that this turn leads.
 */
export const MOST_LEADERS = 3;

/**
 * Streams another generation of the same viewer that answers the same question into this run, and returns its finished
 * message. Null if that generation did not end with a complete answer: the run takes back the text shown, and the turn
 * continues without it. Rejects only if the run is aborted.
 */
export async function followGeneration(
  readEvents: ReadEvents,
  viewer: Viewer,
  { follow, cache }: FollowedGeneration,
  run: TurnRun,
): Promise<RecalledAnswer | null> {
  const ended = new AbortController();
  try {
    const signal = AbortSignal.any([run.signal, ended.signal]);
    for await (const { event } of await readEvents(viewer, follow, null, signal)) {
      await run.held();
      if (event.type === 'text-delta') run.addText(event.text);
      else if (event.type === 'text-snapshot') run.replaceText(event.text);
      else if (event.type === 'generation-completed') {
        if (event.message.content !== run.text) run.replaceText(event.message.content);
        const { content: text, citations, generation } = event.message;
        return { text, citations, model: generation?.model ?? '', cache };
      } else if (event.type === 'generation-failed' || event.type === 'generation-cancelled') break;
    }
  } catch {
    // Not the viewer's, gone, or a broken stream: handled like a generation that failed.
  } finally {
    ended.abort();
  }
  run.signal.throwIfAborted();
  run.replaceText('');
  return null;
}
