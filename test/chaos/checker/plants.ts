/** Violations to plant in a sound history, one or more an invariant: the checker must find each. */
import type { History, HistoryRecord, SeenEvent, StoredState } from '../history/records.ts';
import { TOKENS_OF_A_CALL } from './i4-usage-once.ts';

export interface Plant {
  readonly invariant: string;
  apply(history: History): History;
}

const onRecords =
  (change: (records: readonly HistoryRecord[]) => readonly HistoryRecord[]) =>
  (history: History): History => ({ ...history, records: change(history.records) });

const onState =
  (change: (state: StoredState) => Partial<StoredState>) =>
  (history: History): History => ({ ...history, state: { ...history.state, ...change(history.state) } });

/** Replaces the first item that fits by those returned. */
function first<T>(items: readonly T[], fits: (item: T) => boolean, change: (item: T) => readonly T[]): T[] {
  const at = items.findIndex(fits);
  if (at < 0) throw new Error('the history has no place for this plant');
  return items.flatMap((item, index) => (index === at ? change(item) : [item]));
}

const onEvent = (type: string, change: (record: HistoryRecord) => readonly HistoryRecord[]) =>
  onRecords((records) =>
    first(records, (record) => record.kind === 'event' && record.event.__typename === type, change),
  );
const onKind = (kind: HistoryRecord['kind'], change: (record: HistoryRecord) => readonly HistoryRecord[]) =>
  onRecords((records) => first(records, (record) => record.kind === kind, change));
const onAnswer = (name: string, body: string) =>
  onRecords((records) => {
    const asked = records.find((record) => record.kind === 'request' && record.name === name);
    const operation = asked?.kind === 'request' ? asked.operation : -1;
    return first(
      records,
      (record) => record.kind === 'response' && record.operation === operation,
      (record) => [{ ...record, body, errors: [] } as HistoryRecord],
    );
  });
const onComplete = (change: (generation: StoredState['generations'][number]) => StoredState['generations']) =>
  onState(({ generations }) => ({
    generations: first(generations, ({ status }) => status === 'COMPLETE', change),
  }));
const withEvent = (record: HistoryRecord, change: Partial<SeenEvent>) =>
  [{ ...record, event: { ...('event' in record ? record.event : {}), ...change } } as HistoryRecord] as const;

export const PLANTS: Readonly<Record<string, Plant>> = {
  'lost message': {
    invariant: 'I1',
    apply: onState(({ messages }) => ({
      messages: first(
        messages,
        ({ role }) => role === 'USER',
        () => [],
      ),
    })),
  },
  'lost answer': {
    invariant: 'I1',
    apply: onState(({ messages }) => ({
      messages: first(
        messages,
        ({ status, role }) => status === 'COMPLETE' && role === 'ASSISTANT',
        (message) => [{ ...message, content: '' }],
      ),
    })),
  },
  loss: { invariant: 'I2', apply: onEvent('TextDelta', () => []) },
  doubled: { invariant: 'I2', apply: onEvent('TextDelta', (record) => [record, record]) },
  'cursor that falls': {
    invariant: 'I2',
    apply: onEvent('GenerationCompleted', (record) => withEvent(record, { cursor: '0-1' })),
  },
  'generation without an end': {
    invariant: 'I3',
    apply: onComplete((generation) => [{ ...generation, status: 'STREAMING' }]),
  },
  'two ends': {
    invariant: 'I3',
    apply: onEvent('GenerationCompleted', (record) => [record, ...withEvent(record, { cursor: '999-1' })]),
  },
  'reader without an end': { invariant: 'I3', apply: onEvent('GenerationCompleted', () => []) },
  'two generations of one mutation': {
    invariant: 'I3',
    apply: onComplete((generation) => [generation, { ...generation, id: 'another' }]),
  },
  silence: {
    invariant: 'I3',
    apply: ({ records, ...rest }) => {
      const end = records.find(
        (record) => record.kind === 'event' && record.event.__typename === 'GenerationCompleted',
      );
      const late = (record: HistoryRecord) => ({ ...record, at: record.at + 10 * rest.bounds.silence });
      return { ...rest, records: records.map((record) => (record.at >= (end?.at ?? 0) ? late(record) : record)) };
    },
  },
  'reader without a server': {
    invariant: 'I3',
    apply: ({ records, ...rest }) => {
      const lost = records.find(({ kind }) => kind === 'disconnected')?.at ?? 0;
      const earlier = (record: HistoryRecord) => ({ ...record, at: record.at - 2 * rest.bounds.resume });
      return { ...rest, records: records.map((record) => (record.at <= lost ? earlier(record) : record)) };
    },
  },
  'usage counted twice': {
    invariant: 'I4',
    apply: onComplete((generation) => [{ ...generation, inputTokens: generation.inputTokens + 9 * TOKENS_OF_A_CALL }]),
  },
  'usage not counted': { invariant: 'I4', apply: onComplete((generation) => [{ ...generation, inputTokens: 0 }]) },
  'error without a code': {
    invariant: 'I5',
    apply: onKind('response', (record) => [
      { ...record, errors: [{ code: 'P2002', message: 'Unique constraint' }] } as HistoryRecord,
    ]),
  },
  'error with a stack': {
    invariant: 'I5',
    apply: onKind('response', (record) => [
      {
        ...record,
        errors: [{ code: 'INTERNAL_SERVER_ERROR', message: 'at begin (/app/src/main.ts:1:1)' }],
      } as HistoryRecord,
    ]),
  },
  'words of another': {
    invariant: 'I6',
    apply: onKind('response', (record) => [{ ...record, body: 'viewerzz' + 'q1w2 词' } as HistoryRecord]),
  },
  'a stranger who reads': { invariant: 'I6', apply: onAnswer('steal', '{"node":{"id":"R2VuZXJhdGlvbjox"}}') },
  'connection that stays': {
    invariant: 'I7',
    apply: onRecords((records) =>
      first(
        records,
        (record) => record.kind === 'resources' && record.when === 'after',
        (record) => [
          { ...record, figures: { ...('figures' in record ? record.figures : {}), connections: 3 } } as HistoryRecord,
        ],
      ),
    ),
  },
  'server that ended by itself': {
    invariant: 'I7',
    apply: onRecords((records) => [...records, { at: 2_950, kind: 'died', replica: 1 }]),
  },
  'turn that failed': {
    invariant: 'I8',
    apply: onComplete((generation) => [{ ...generation, status: 'FAILED', errorCode: 'INTERNAL_SERVER_ERROR' }]),
  },
  'door that is open': { invariant: 'I8', apply: onAnswer('anonymous', '{"node":null}') },
};
