import type { MessageRecord } from '../records.ts';
import type { Viewer } from '../viewer.ts';
import type { ReadEvents } from './generation-events.ts';
import type { TurnRun } from './turn-run.ts';

/**
 * Streams another generation of the same viewer, which answers the same question now, into this run, and answers its finished
 * message. Null where that generation did not end with a complete answer: what was shown of it is taken back, and this turn
 * goes on by itself. Rejects only when the run is aborted.
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
      if (event.type === 'text-delta') run.addText(event.text);
      else if (event.type === 'text-snapshot') run.replaceText(event.text);
      else if (event.type === 'generation-completed') {
        if (event.message.content !== run.text) run.replaceText(event.message.content);
        return event.message;
      } else if (event.type === 'generation-failed' || event.type === 'generation-cancelled') break;
    }
  } catch {
    // Not the viewer's, gone, or its stream broke: the same as a generation that failed.
  } finally {
    ended.abort();
  }
  run.signal.throwIfAborted();
  run.replaceText('');
  return null;
}
