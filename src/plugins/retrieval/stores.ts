import type { StoreHealth } from '#core/plugin.ts';
import { BUILT_IN } from './engines/built-in.ts';
import type { VectorProgress } from './following/vector-leg.ts';
import type { Legs } from './legs.ts';

/** The completeness of the indexes, for `platform.stores`. */
export async function storesOf({ index, keywords, vectors }: Legs, signal: AbortSignal): Promise<StoreHealth[]> {
  const own: StoreHealth = {
    name: 'keywords',
    engine: BUILT_IN,
    healthy: index.ready,
    detail: index.ready ? passages(index.size) : `${passages(index.size)}; being built`,
  };
  const elsewhere = keywords && {
    name: 'keywords',
    engine: keywords.engine,
    healthy: keywords.ready,
    detail: keywords.describe(),
  };
  const total = keywords ? null : index.size;
  return [elsewhere ?? own, ...(vectors ? [vectorStore(await vectors.progress(signal), total)] : [])];
}

/** `total`: passages in all; null where that is not known here. */
export function vectorStore(
  { engine, format, count, state, meanwhile }: VectorProgress,
  total: number | null,
): StoreHealth {
  const share =
    state === 'filling' && total !== null && total > count ? `${count} of ${passages(total)}` : passages(count);
  const detail = { opening: 'not open yet', failing: `${share}; does not answer`, filling: share, complete: share }[
    state
  ];
  return {
    name: 'vectors',
    engine,
    healthy: state !== 'failing',
    detail: `${format}: ${detail}${meanwhile ? `; ${meanwhile} serves meanwhile` : ''}`,
  };
}

const passages = (count: number): string => `${count} ${count === 1 ? 'passage' : 'passages'}`;
