import { expect, test } from 'vitest';
import type { History, HistoryRecord, SeenEvent } from '../history/records.ts';
import { answer, numbersIn, question, WORDS, words } from '../history/words.ts';
import { TOKENS_OF_A_CALL } from './i4-usage-once.ts';
import { check, INVARIANTS } from './index.ts';
import { PLANTS } from './plants.ts';

const NAME = 'viewera' + 'q1';
const ID = Buffer.from('Generation:1').toString('base64');
const RESULT = { userMessageId: 'user', assistantMessageId: 'assistant', generationId: ID };

/** One generation with two readers; its server died after 40 words, and another began the answer again. */
function soundHistory(): History {
  const [before, later] = [words(NAME).slice(0, 20).join(''), words(NAME).slice(20, 40).join('')];
  const seen = (cursor: string, event: Partial<SeenEvent> & { readonly __typename: string }): SeenEvent => ({
    ...{ cursor, generationId: ID },
    ...event,
  });
  const events = (reader: number): HistoryRecord[] => {
    const at = (place: number, event: SeenEvent): HistoryRecord => ({ at: place, kind: 'event', reader, event });
    return [
      { at: 20, kind: 'reader', reader, viewer: 'viewera', generationId: ID },
      { at: 21, kind: 'connected', reader },
      at(30, seen('1-0', { __typename: 'GenerationStarted', attempt: 1 })),
      at(40, seen('1-1', { __typename: 'TextDelta', text: before, offset: 0 })),
      at(45, seen('1-2', { __typename: 'TextDelta', text: later, offset: before.length })),
      { at: 51, kind: 'disconnected', reader },
      { at: 90, kind: 'connected', reader },
      at(2_100, seen('2-0', { __typename: 'TextSnapshot', text: '', attempt: 2 })),
      at(2_200, seen('2-1', { __typename: 'TextDelta', text: answer(NAME), offset: 0 })),
      at(
        2_300,
        seen('2-2', { __typename: 'GenerationCompleted', message: { id: 'assistant', content: answer(NAME) } }),
      ),
    ];
  };
  const figures = { generations: 0, connections: 0, descriptors: 40, threads: 12, megabytes: 200, providerCalls: 0 };
  const records: HistoryRecord[] = [
    { at: 0, kind: 'resources', replica: 0, process: 7, when: 'before', figures },
    {
      ...{ at: 1, kind: 'request', operation: 1, name: 'send', viewer: 'viewera', clientMutationId: 'm1' },
      subject: question('viewera', 1),
    },
    { at: 9, kind: 'response', operation: 1, result: RESULT, errors: [], body: JSON.stringify(RESULT) },
    ...[1, 2].flatMap(events),
    { at: 50, kind: 'fault', fault: 'kill', what: 'replica 1', hits: [ID] },
    { at: 60, kind: 'request', operation: 2, name: 'steal', viewer: 'viewerb', subject: ID },
    { at: 61, kind: 'response', operation: 2, result: null, errors: [], body: '{"node":null}' },
    { at: 62, kind: 'request', operation: 3, name: 'anonymous', viewer: 'nobody', subject: ID },
    {
      ...{ at: 63, kind: 'response', operation: 3, result: null, body: '' },
      errors: [{ code: 'UNAUTHENTICATED', message: 'A key is needed' }],
    },
    { at: 50, kind: 'call', question: NAME, whole: false },
    { at: 2_250, kind: 'call', question: NAME, whole: true },
    { at: 2_900, kind: 'resources', replica: 0, process: 7, when: 'after', figures },
  ];
  return {
    records: records.toSorted((a, b) => a.at - b.at),
    bounds: { silence: 5_000, resume: 2_000, mayFail: false, evaluated: false },
    state: {
      modelCalls: [],
      messages: [
        { id: 'user', viewer: 'viewera', role: 'USER', content: question('viewera', 1), status: 'COMPLETE' },
        { id: 'assistant', viewer: 'viewera', role: 'ASSISTANT', content: answer(NAME), status: 'COMPLETE' },
      ],
      generations: [
        {
          ...{ id: ID, viewer: 'viewera', clientMutationId: 'm1', userMessageId: 'user', messageId: 'assistant' },
          ...{ status: 'COMPLETE', epoch: 2, inputTokens: TOKENS_OF_A_CALL + 30, errorCode: null, isEvaluated: true },
          isCached: false,
        },
      ],
    },
  };
}

test('the checker finds nothing in a sound history', () => {
  expect(check(soundHistory())).toEqual([]);
});

test.each(Object.entries(PLANTS))('the checker finds a planted violation: %s', (_name, { invariant, apply }) => {
  expect(new Set(check(apply(soundHistory())).map((violation) => violation.invariant))).toContain(invariant);
});

test('each invariant has a planted violation', () => {
  expect(new Set(Object.values(PLANTS).map(({ invariant }) => invariant))).toEqual(new Set(Object.keys(INVARIANTS)));
});

test('an answer without its evaluation is found where evaluations must come', () => {
  const { state, ...rest } = soundHistory();
  const generations = state.generations.map((generation) => ({ ...generation, isEvaluated: false }));
  const history = { ...rest, state: { ...state, generations }, bounds: { ...rest.bounds, evaluated: true } };
  expect(check(history)).toEqual([{ invariant: 'I8', what: expect.stringContaining('no evaluation') }]);
});

test('a silence while the machine gave no CPU is not the server’s', () => {
  const silent = PLANTS['silence']?.apply(soundHistory()) ?? soundHistory();
  const stall: HistoryRecord = { at: 2_500, kind: 'stall', milliseconds: 20_000 };
  expect(check({ ...silent, records: [...silent.records, stall] })).toEqual([]);
});

test.each([
  [[], ['heard nothing', 'found no server']],
  [['silence'], ['found no server']],
  [['silence', 'resume'], []],
] as const)('a fault that lasted excuses %j alone', (excuses, found) => {
  const { records, ...rest } = soundHistory();
  const later = records.map((record) => (record.at >= 90 ? { ...record, at: record.at + 20_000 } : record));
  const healed: HistoryRecord = { at: 20_000, kind: 'healed', fault: 'half-open', excuses };
  const what = check({ ...rest, records: [...later, healed] }).map((violation) => violation.what);
  expect([...new Set(what.flatMap((text) => /heard nothing|found no server/.exec(text)?.[0] ?? []))]).toEqual(found);
});

test('a fault that left no server excuses a wait that ended just before it was known to be healed', () => {
  const { records, ...rest } = soundHistory();
  const later = records.map((record) => (record.at >= 90 ? { ...record, at: record.at + 3_000 } : record));
  const excuses = ['silence', 'resume'] as const;
  const healed = (fault: string): HistoryRecord => ({ at: 3_100, kind: 'healed', fault, excuses });
  expect(check({ ...rest, records: [...later, healed('kill')] })).toEqual([]);
  // One that began after the wait is no excuse.
  expect(check({ ...rest, records: [...later, healed('another')] })).not.toEqual([]);
});

test('a reader that is taken and refused has found no server', () => {
  const { records, ...rest } = soundHistory();
  const again = records.flatMap((record): HistoryRecord[] =>
    record.kind === 'connected' && record.at > 50
      ? [
          record,
          { at: 91, kind: 'refused', reader: record.reader, errors: [{ code: 'STORE_UNAVAILABLE', message: 'away' }] },
          { at: 92, kind: 'disconnected', reader: record.reader },
          { at: 2_060, kind: 'connected', reader: record.reader },
        ]
      : [record],
  );
  const violations = check({ ...rest, records: again });
  expect(new Set(violations.map(({ invariant }) => invariant))).toEqual(new Set(['I3']));
});

test('a cancelled generation whose usage stands apart is sound, and one whose usage stands nowhere is not', () => {
  const { state, records, bounds } = soundHistory();
  const cancelled = (modelCalls: History['state']['modelCalls']): History => ({
    ...{ bounds, records: records.filter((record) => !('reader' in record)) },
    state: {
      ...{ ...state, modelCalls },
      generations: state.generations.map((one) => ({ ...one, status: 'CANCELLED', inputTokens: 0 })),
    },
  });
  expect(check(cancelled([{ viewer: 'viewera', inputTokens: 50 }]))).toEqual([]);
  expect(check(cancelled([{ viewer: 'viewerb', inputTokens: 50 }]))).toEqual([
    { invariant: 'I4', what: expect.stringContaining('counts nothing of 2 calls') },
  ]);
});

test('every word of an answer is counted', () => {
  expect(numbersIn(answer(NAME))).toEqual(Array.from({ length: WORDS }, (_, index) => index));
});
