import type { MessageRecord } from '../records.ts';
import type { Viewer } from '../viewer.ts';
import type { ReadEvents } from './generation-events.ts';
import type { TurnRun } from './turn-run.ts';

/**
 * Streams another generation of the same viewer that answers the same question into this run, and returns its finished
 * message. Null if that generation did not end with a complete answer: the run takes back the text shown, and the turn
 * continues without it. Rejects only if the run is aborted.
 */
export async function followGeneration(
  readEvents: ReadEvents,
  viewer: Viewer,
  generationId: string,
  run: TurnRun,
): Promise<MessageRecord | null> {
  const ended = new AbortController();
  try {
    const signal = AbortSignal.any([run.signal, ended.signal]);
    for await (const { event } of await readEvents(viewer, generationId, null, signal)) {
      await run.held();
      if (event.type === 'text-delta') run.addText(event.text);
      else if (event.type === 'text-snapshot') run.replaceText(event.text);
      else if (event.type === 'generation-completed') {
        if (event.message.content !== run.text) run.replaceText(event.message.content);
        return event.message;
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
