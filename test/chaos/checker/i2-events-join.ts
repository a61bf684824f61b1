import { answer, nameOf } from '../history/words.ts';
import { held, type Invariant, type Reader, short, terminalsOf } from './reading.ts';

const placeOf = (cursor: string): readonly [number, number] => {
  const [epoch = 0, position = 0] = cursor.split('-').map(Number);
  return [epoch, position];
};

function cursorProblems({ number, events }: Reader): string[] {
  const problems: string[] = [];
  let [epoch, position] = [0, -1];
  for (const { event } of events) {
    const [nextEpoch, nextPosition] = placeOf(event.cursor);
    if (nextEpoch < epoch || (nextEpoch === epoch && nextPosition <= position))
      problems.push(`reader ${number}: ${event.__typename} at ${event.cursor} comes after ${epoch}-${position}`);
    [epoch, position] = [nextEpoch, nextPosition];
  }
  return problems;
}

/** I2: within a generation cursors rise, no event reaches a reader twice, and deltas join to the stored content. */
export const eventsJoin: Invariant = ({ readers, state }) => {
  const messages = new Map(state.messages.map((message) => [message.id, message]));
  const generations = new Map(state.generations.map((generation) => [generation.id, generation]));
  return readers.flatMap((reader) => {
    const problems = cursorProblems(reader);
    const events = reader.events.map(({ event }) => event);
    const { text, problem } = held(events);
    if (problem) problems.push(`reader ${reader.number}: ${problem}`);
    const generation = generations.get(reader.generationId);
    const stored = generation && messages.get(generation.messageId);
    if (!generation || !stored || terminalsOf(events).length === 0) return problems;
    if (text !== stored.content)
      problems.push(
        `reader ${reader.number} of ${short(reader.generationId)} holds ${text.length} characters, ${stored.content.length} are stored`,
      );
    const whole = answer(nameOf(messages.get(generation.userMessageId)?.content ?? '') ?? '');
    const isRight = stored.status === 'COMPLETE' ? stored.content === whole : whole.startsWith(stored.content);
    if (!isRight)
      problems.push(`the stored answer of ${short(reader.generationId)} (${stored.status}) is not the provider's`);
    return problems;
  });
};
