import { expect, test, vi } from 'vitest';
import type { HookRun, PluginDriver } from '../hooks/driver.ts';
import type { FoundPassage, RetrievalQuery } from '../plugin.ts';
import type { DocumentStore, PassageRecord } from '../ports/store.ts';
import type { StageTrace } from '../turn.ts';
import type { Viewer } from '../viewer.ts';
import { Retrieval } from './retrieval.ts';

const viewer: Viewer = { id: 'v', tenant: 't', subject: 's', role: 'USER' };
const asked = { viewer, query: 'zebra', documentIds: null, limit: 5 };
const found = (id: string, score: number): FoundPassage => ({ id, score, vectorScore: null, keywordScore: score });

/** Over a store that has these passages, and a plugin that finds. */
function retrievalOf(stored: readonly string[], find: (query: RetrievalQuery) => Promise<readonly FoundPassage[]>) {
  const passages = vi.fn(
    async (_viewer: Viewer, ids: readonly string[]) =>
      new Map(ids.filter((id) => stored.includes(id)).map((id) => [id, { id, text: id } as PassageRecord])),
  );
  const driver: Pick<PluginDriver, 'retrieve'> = {
    retrieve: async (query) => [{ passages: await find(query), strategy: 'KEYWORD', degraded: [] }],
  };
  const stages: StageTrace[] = [];
  const run: HookRun = {
    generationId: null,
    features: 'all',
    signal: new AbortController().signal,
    trace: (stage) => void stages.push(stage),
  };
  const retrieval = new Retrieval(driver as PluginDriver, { passages } as Partial<DocumentStore> as DocumentStore);
  const idsAsked = () => passages.mock.calls.map(([, ids]) => ids);
  return { passages, idsAsked, stages, forTurn: () => retrieval.forTurn(asked, run) };
}

test('passages that a plugin has read are not read again', async () => {
  const { forTurn, idsAsked } = retrievalOf(['a', 'b', 'c'], async ({ read }) => {
    await read(['a', 'b']);
    expect([...(await read(['b', 'a', 'none'])).keys()]).toEqual(['b', 'a']);
    return [found('a', 1), found('c', 0.5)];
  });
  expect((await forTurn()).map(({ id, score }) => [id, score])).toEqual([
    ['a', 1],
    ['c', 0.5],
  ]);
  expect(idsAsked()).toEqual([['a', 'b'], ['none'], ['c']]);
});

test('a plugin cannot change what core reads, and what the viewer may not read is left out', async () => {
  const { forTurn } = retrievalOf(['a'], async ({ read }) => {
    const records = (await read(['a'])) as Map<string, PassageRecord>;
    expect(() => Object.assign(records.get('a') ?? {}, { text: 'forged' })).toThrow(TypeError);
    records.set('b', { id: 'b', text: 'forged' } as PassageRecord);
    return [found('a', 1), found('b', 0.9)];
  });
  expect(await forTurn()).toMatchObject([{ id: 'a', text: 'a' }]);
});

test('a store that fails leaves the turn without passages, and the trace says so', async () => {
  const { forTurn, passages, stages } = retrievalOf([], async () => [found('a', 1)]);
  passages.mockRejectedValue(new Error('down'));
  expect(await forTurn()).toEqual([]);
  expect(stages).toMatchObject([{ stage: 'retrieve', plugin: 'core', outcome: 'FAILED', detail: 'store' }]);
});
