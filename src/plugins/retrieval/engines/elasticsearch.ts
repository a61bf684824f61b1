import { Client, errors } from '@elastic/elasticsearch';
import { ViewersFrequencies } from '../following/frequencies.ts';
import { type NetChanges, netChanges } from '../following/net-changes.ts';
import { documentOf, FORM, indexBody, POSITION_ID } from './elasticsearch-query.ts';
import { search } from './elasticsearch-search.ts';
import type { KeywordEngine, KeywordIndex, TokenEntry } from './engine.ts';
import { indexName } from './index-names.ts';

export interface ElasticsearchOptions {
  /** May carry a user and a password, and a path. */
  readonly url: string;
  /** Passages a bulk write. */
  readonly batchSize: number;
  /** Prefix of index names, for several installations on one server. */
  readonly prefix?: string;
}

/** Milliseconds. A search has its own, shorter limit. */
const REQUEST_TIMEOUT = 30_000;
/** Ids that a removal reads at a time. */
const PAGE = 1_000;

type Operation = Record<string, unknown>;

/** Keywords in Elasticsearch 8 or 9. An alias names the index that serves. */
export function elasticsearchEngine({ url, batchSize, prefix = 'parley' }: ElasticsearchOptions): KeywordEngine {
  const client = clientOf(url);
  const alias = `${prefix}-keywords`;
  const nameOf = (format: string) => indexName(`${prefix}-keywords`, format, '-');

  const own = async (signal: AbortSignal): Promise<Record<string, { format: string | null; serves: boolean }>> => {
    const found = await client.indices.get({ index: `${alias}-*`, expand_wildcards: 'all' }, { signal });
    return Object.fromEntries(
      Object.entries(found).map(([name, { aliases, mappings }]) => [
        name,
        { format: formatOf(mappings), serves: aliases?.[alias] !== undefined },
      ]),
    );
  };
  const drop = async (names: readonly string[], signal: AbortSignal): Promise<void> => {
    if (names.length > 0) await client.indices.delete({ index: [...names], ignore_unavailable: true }, { signal });
  };

  return {
    name: 'Elasticsearch',

    async serving(signal) {
      return Object.values(await told(own(signal))).find(({ serves }) => serves)?.format ?? null;
    },

    async open(format, signal) {
      await told(create(client, nameOf(format), format, signal));
      return keywordIndex(client, nameOf(format), format, batchSize);
    },

    async serve(format, signal) {
      const name = nameOf(format);
      const others = Object.keys(await told(own(signal))).filter((other) => other !== name);
      const actions = [
        ...others.map((index) => ({ remove: { index, alias, must_exist: false } })),
        { add: { index: name, alias, is_write_index: true } },
      ];
      await told(client.indices.updateAliases({ actions }, { signal }));
      await told(drop(others, signal));
    },

    clear: async (signal) => told(own(signal).then((found) => drop(Object.keys(found), signal))),
    close: () => client.close(),
  };
}

function clientOf(url: string): Client {
  const { username, password, origin, pathname } = new URL(url);
  return new Client({
    node: `${origin}${pathname.replace(/\/$/, '')}`,
    maxRetries: 0,
    requestTimeout: REQUEST_TIMEOUT,
    ...(username === ''
      ? {}
      : { auth: { username: decodeURIComponent(username), password: decodeURIComponent(password) } }),
  });
}

/** Null for an index of another form, which is made again. */
const formatOf = (mappings: { readonly _meta?: Record<string, unknown> } | undefined): string | null =>
  mappings?._meta?.['form'] === FORM ? String(mappings._meta['format']) : null;

/**
 * Two replicas may create it at once: the later one finds it. An index without our format was created by the server itself,
 * for a write after it had lost ours.
 */
async function create(client: Client, index: string, format: string, signal: AbortSignal): Promise<void> {
  const found = await client.indices.getMapping({ index }, { signal, ignore: [404] });
  if (found[index]) {
    if (formatOf(found[index].mappings) === format) return;
    await client.indices.delete({ index, ignore_unavailable: true }, { signal });
  }
  await client.indices.create({ index, ...indexBody(format) }, { signal }).catch((error: unknown) => {
    if (typeOf(error) !== 'resource_already_exists_exception') throw error;
  });
}

/** The position of the index, with the condition that no one moves it meanwhile; null if it never moved. */
async function place(client: Client, index: string, signal: AbortSignal) {
  const found = await client.get<{ position?: number }>({ index, id: POSITION_ID }, { signal, ignore: [404] });
  if (!found.found) return { position: 0, condition: null };
  const { _source, _seq_no: if_seq_no, _primary_term: if_primary_term } = found;
  return { position: Number(_source?.position ?? 0), condition: { if_seq_no, if_primary_term } };
}

function keywordIndex(client: Client, index: string, format: string, batchSize: number): KeywordIndex {
  const known = new ViewersFrequencies();

  async function write(operations: readonly Operation[], signal: AbortSignal): Promise<void> {
    if (operations.length === 0) return;
    const { errors: failed, items } = await client.bulk(
      { operations: [...operations], require_alias: false },
      { signal },
    );
    if (!failed) return;
    const problem = items.flatMap((item) => Object.values(item).flatMap((one) => one?.error ?? []))[0];
    throw new Error(`Elasticsearch did not take a passage: ${problem?.type ?? 'unknown'}`);
  }

  async function remove(documentIds: readonly string[], signal: AbortSignal): Promise<void> {
    if (documentIds.length === 0) return;
    await client.indices.refresh({ index }, { signal });
    for (;;) {
      const { hits } = await client.search(
        { index, size: PAGE, _source: false, query: { terms: { documentId: [...documentIds] } } },
        { signal },
      );
      if (hits.hits.length === 0) return;
      await write(
        hits.hits.map(({ _id }) => ({ delete: { _index: index, _id } })),
        signal,
      );
      // Looked for again: what is left, or came meanwhile, goes too.
      await client.indices.refresh({ index }, { signal });
    }
  }

  async function addAll(added: NetChanges<TokenEntry>['added'], signal: AbortSignal): Promise<void> {
    for (let start = 0; start < added.length; start += batchSize)
      await write(
        added
          .slice(start, start + batchSize)
          .flatMap((change) => [{ index: { _index: index, _id: change.passage.id } }, documentOf(change)]),
        signal,
      );
  }

  return {
    format,

    async position(signal) {
      // The index was lost on the server: create it and start from the beginning.
      await told(create(client, index, format, signal));
      return (await told(place(client, index, signal))).position;
    },

    async apply(changes, signal, after) {
      const last = changes.at(-1);
      if (!last) return;
      await told(
        (async () => {
          const { position, condition } = await place(client, index, signal);
          if (position !== (after ?? position)) throw new Error('the index in Elasticsearch is not where it was');
          const { removed, added } = netChanges(changes);
          await remove(removed, signal);
          await addAll(added, signal);
          const moved = { _index: index, _id: POSITION_ID, ...condition };
          await write([condition ? { index: moved } : { create: moved }, { position: last.sequence }], signal);
          await client.indices.refresh({ index }, { signal });
        })(),
      );
    },

    search: (query, signal) => told(search(client, index, query, known, signal)),

    async count(signal) {
      const { count } = await told(client.count({ index, query: { exists: { field: 'documentId' } } }, { signal }));
      return count;
    },
  };
}

/** An error that an operator can do something with, and that holds no address and no password. */
async function told<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof errors.ResponseError)
      throw new Error(`Elasticsearch refused: HTTP ${error.statusCode} ${typeOf(error) ?? ''}`.trim());
    if (error instanceof errors.ElasticsearchClientError)
      throw new Error(`Elasticsearch does not answer: ${error.name}`);
    throw error;
  }
}

const typeOf = (error: unknown): string | undefined =>
  error instanceof errors.ResponseError ? error.body?.error?.type : undefined;
