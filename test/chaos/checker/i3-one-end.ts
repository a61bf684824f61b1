import { TERMINAL } from '../history/records.ts';
import { type Invariant, ofKind, type Reader, type Reading, short, terminalsOf, unexplained } from './reading.ts';

const ENDED: Readonly<Record<string, string>> = {
  COMPLETE: 'GenerationCompleted',
  CANCELLED: 'GenerationCancelled',
  INTERRUPTED: 'GenerationFailed',
  FAILED: 'GenerationFailed',
};

/** I3: every generation reaches exactly one terminal state in bounded time; one clientMutationId makes one message. */
export const oneEnd: Invariant = (reading) => [
  ...endsOfStore(reading),
  ...reading.readers.flatMap((reader) => endsOfReader(reader, reading)),
  ...messagesOfMutations(reading),
  ...silences(reading),
  ...lateResumes(reading),
];

const endsOfStore = ({ state }: Reading) =>
  state.generations
    .filter(({ status }) => ENDED[status] === undefined)
    .map(({ id, status }) => `generation ${short(id)} is still ${status}`);

function endsOfReader({ number, events, generationId, left, gaveUp }: Reader, { state }: Reading): string[] {
  if (gaveUp) return [`reader ${number} of ${short(generationId)} waited for an end that did not come`];
  const ends = terminalsOf(events.map(({ event }) => event));
  if (left && ends.length === 0) return [];
  const status = state.generations.find(({ id }) => id === generationId)?.status ?? 'absent';
  if (ends.length !== 1) return [`reader ${number} of ${short(generationId)} saw ${ends.length} ends`];
  return ends[0]?.__typename === ENDED[status]
    ? []
    : [`reader ${number} of ${short(generationId)} saw ${ends[0]?.__typename}, stored is ${status}`];
}

function messagesOfMutations({ operations, state }: Reading): string[] {
  const ids = new Map<string, Set<string>>();
  const add = (key: string, id: string) => ids.set(key, (ids.get(key) ?? new Set()).add(id));
  for (const { request, response } of operations)
    if (request.name === 'send' && response?.result && request.clientMutationId !== undefined)
      add(`${request.viewer} ${request.clientMutationId}`, response.result.generationId);
  for (const { id, viewer, clientMutationId } of state.generations)
    if (clientMutationId !== null) add(`${viewer} ${clientMutationId}`, id);
  return [...ids].filter(([, all]) => all.size > 1).map(([key, all]) => `${key} made ${all.size} generations`);
}

/** Between two events of one reader: no longer than the generation's faults explain. */
function silences({ readers, records, bounds }: Reading): string[] {
  const faults = ofKind(records, 'fault');
  const problems: string[] = [];
  for (const { number, events, generationId } of readers) {
    const last = events.findIndex(({ event }) => TERMINAL.has(event.__typename));
    const places = events.slice(0, last + 1).map(({ at }) => at);
    for (const [index, to] of places.entries()) {
      const from = places[index - 1] ?? to;
      if (to - from <= bounds.silence) continue;
      // One that was hit when the former owner's lease ran out waits for another lease.
      const hits = faults.filter(
        ({ at, hits }) => at >= from - bounds.silence && at <= to && (hits === null || hits.includes(generationId)),
      );
      if (unexplained({ from, to }, records, 'silence') > bounds.silence * Math.max(1, hits.length))
        problems.push(`reader ${number} of ${short(generationId)} heard nothing for ${to - from} ms`);
    }
  }
  return problems;
}

const lateResumes = ({ readers, records, bounds }: Reading): string[] =>
  readers.flatMap(({ number, resumes }) =>
    resumes
      .filter((wait) => wait.to - wait.from > bounds.resume && unexplained(wait, records, 'resume') > bounds.resume)
      .map(({ from, to }) => `reader ${number} found no server for ${to - from} ms`),
  );
