import { type Invariant, short } from './reading.ts';

/** I1: no acknowledged user message and no completed answer is ever lost. A complete answer has every word. */
export const nothingAcknowledgedIsLost: Invariant = ({ operations, readers, state }) => {
  const messages = new Map(state.messages.map((message) => [message.id, message]));
  const generations = new Map(state.generations.map((generation) => [generation.id, generation]));
  const problems: string[] = [];
  for (const { request, response } of operations) {
    if (request.name !== 'send' || !response?.result) continue;
    const { userMessageId, generationId } = response.result;
    if (messages.get(userMessageId)?.content !== request.subject)
      problems.push(`the acknowledged message ${short(userMessageId)} is not in the store as it was sent`);
    if (!generations.has(generationId))
      problems.push(`the acknowledged generation ${short(generationId)} is not stored`);
  }
  const sends = operations.filter(({ request }) => request.name === 'send');
  for (const [id, repeats] of Map.groupBy(sends, ({ request }) => request.clientMutationId))
    if (!repeats.some(({ response }) => response?.result)) problems.push(`${id} was never acknowledged`);
  for (const { events, generationId } of readers)
    for (const { event } of events) {
      if (event.__typename !== 'GenerationCompleted' || !event.message) continue;
      const stored = messages.get(event.message.id);
      if (stored?.status !== 'COMPLETE' || stored.content !== event.message.content)
        problems.push(`the answer of ${short(generationId)} was shown as complete and is ${stored?.status ?? 'gone'}`);
    }
  return problems;
};
