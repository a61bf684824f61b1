import { viewersIn } from '../history/words.ts';
import { type Invariant, short } from './reading.ts';

/** I6: nothing of viewer A reaches viewer B: words in results, errors and streams, and A's things by their ids. */
export const viewersAreApart: Invariant = ({ operations, readers, state }) => {
  const owners = new Map(state.generations.map(({ id, viewer }) => [id, viewer]));
  const problems: string[] = [];
  const look = (viewer: string, text: string, where: string) => {
    for (const other of viewersIn(text))
      if (other !== viewer) problems.push(`${viewer} got words of ${other} in ${where}`);
  };
  for (const { request, response } of operations) {
    if (!response) continue;
    look(request.viewer, response.body, `the answer to ${request.name}`);
    if (request.name === 'steal' && response.errors.length === 0 && !/^\{"node":null\}$/.test(response.body))
      problems.push(`${request.viewer} got an answer about ${short(request.subject)}, which is not its own`);
  }
  for (const { viewer, number, events, generationId } of readers) {
    if (events.length > 0 && owners.get(generationId) !== viewer)
      problems.push(`reader ${number} of ${viewer} follows ${short(generationId)}, which is not its own`);
    for (const { event } of events) {
      look(viewer, JSON.stringify(event), `the stream of reader ${number}`);
      if (event.generationId !== generationId) problems.push(`reader ${number} got an event of another generation`);
    }
  }
  return problems;
};
