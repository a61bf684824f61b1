/** The history as the invariants need it: operations, readers and generations. */
import {
  type Excused,
  type History,
  type HistoryRecord,
  type RecordOf,
  type SeenEvent,
  TERMINAL,
} from '../history/records.ts';

export interface Violation {
  readonly invariant: string;
  readonly what: string;
}

export type Invariant = (reading: Reading) => readonly string[];

export interface Operation {
  readonly request: RecordOf<'request'>;
  readonly response: RecordOf<'response'> | undefined;
}

export interface Reader {
  readonly number: number;
  readonly viewer: string;
  readonly generationId: string;
  readonly events: readonly RecordOf<'event'>[];
  /** It closed its connection by intent. */
  readonly left: boolean;
  readonly gaveUp: boolean;
  readonly refusals: readonly RecordOf<'refused'>[];
  /** From the loss of each connection to the next one. */
  readonly resumes: readonly Wait[];
  /** The same to the next event. */
  readonly nexts: readonly Wait[];
}

/** Milliseconds since the start of the history. */
export interface Wait {
  readonly from: number;
  readonly to: number;
}

export interface Reading extends History {
  readonly operations: readonly Operation[];
  readonly readers: readonly Reader[];
}

export const ofKind = <K extends HistoryRecord['kind']>(records: readonly HistoryRecord[], kind: K): RecordOf<K>[] =>
  records.filter((record): record is RecordOf<K> => record.kind === kind);

export function readingOf(history: History): Reading {
  const responses = new Map(ofKind(history.records, 'response').map((response) => [response.operation, response]));
  const byReader = Map.groupBy(
    history.records.filter((record) => 'reader' in record),
    ({ reader }) => reader,
  );
  return {
    ...history,
    operations: ofKind(history.records, 'request').map((request) => ({
      request,
      response: responses.get(request.operation),
    })),
    readers: ofKind(history.records, 'reader').map(({ reader, viewer, generationId }) => {
      const own = byReader.get(reader) ?? [];
      return {
        ...{ number: reader, viewer, generationId },
        events: ofKind(own, 'event'),
        left: own.some(({ kind }) => kind === 'left'),
        gaveUp: own.some(({ kind }) => kind === 'gave-up'),
        refusals: ofKind(own, 'refused'),
        resumes: untilNext(own, (record, next) => record.kind === 'connected' && next?.kind !== 'refused'),
        nexts: untilNext(own, ({ kind }) => kind === 'event'),
      };
    }),
  };
}

/** From each loss of the connection. A server that takes the connection and refuses the reader is none that it has found. */
function untilNext(
  records: readonly HistoryRecord[],
  isFound: (record: HistoryRecord, next: HistoryRecord | undefined) => boolean,
): Wait[] {
  const waits: Wait[] = [];
  let lostAt: number | undefined;
  for (const [index, record] of records.entries()) {
    const { kind, at } = record;
    if (kind === 'disconnected') lostAt ??= at;
    if (lostAt === undefined || !isFound(record, records[index + 1])) continue;
    waits.push({ from: lostAt, to: at });
    lostAt = undefined;
  }
  return waits;
}

/** What a stall of this program says of the other processes of the machine, which compete for the same CPUs. */
const STALLED = 4;

/** Milliseconds of a wait that neither a fault which left no server well nor a machine without CPU explains. */
export function unexplained({ from, to }: Wait, records: readonly HistoryRecord[], what: Excused): number {
  const within = records.filter(({ at }) => at >= from && at <= to);
  // What had healed may be used a little before that is known: the wait may have ended before it.
  const healed = ofKind(records, 'healed').filter(({ at, excuses }) => at >= from && excuses.includes(what));
  const began = ({ at, fault }: RecordOf<'healed'>) =>
    ofKind(records, 'fault').findLast((one) => one.fault === fault && one.at <= at)?.at ?? at;
  const begun = Math.min(healed.findLast((one) => began(one) <= to)?.at ?? from, to);
  const stalled = ofKind(within, 'stall').reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  return to - begun - STALLED * stalled;
}

/** What a reader holds of the text after its events; `problem` where one does not follow the others. */
export function held(events: readonly SeenEvent[]): { readonly text: string; readonly problem: string | undefined } {
  let text = '';
  let problem: string | undefined;
  for (const event of events) {
    if (event.__typename === 'TextSnapshot') text = event.text ?? '';
    if (event.__typename !== 'TextDelta') continue;
    if (event.offset !== text.length)
      problem ??= `a delta for ${event.offset} at ${event.cursor} where ${text.length} are held`;
    text = text.slice(0, event.offset) + (event.text ?? '');
  }
  return { text, problem };
}

export const terminalsOf = (events: readonly SeenEvent[]): SeenEvent[] =>
  events.filter(({ __typename }) => TERMINAL.has(__typename));

/** A name that a person finds in the history again. */
export const short = (id: string): string => Buffer.from(id, 'base64').toString().slice(-12);
