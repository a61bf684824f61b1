import { Counter, Gauge, type Registry } from 'prom-client';
import { listen } from '#core/runtime/diagnostics.ts';

/** Dimensions of an answer's quality by the name of their score (core/services/scores.ts). */
const DIMENSIONS: Readonly<Record<string, string>> = {
  overall: 'overall',
  answer_relevancy: 'relevance',
  faithfulness: 'groundedness',
  completeness: 'completeness',
  coherence: 'coherence',
  safety: 'safety',
};
/** A mean covers the last 100 answers of the last hour: one bad answer must not raise an alarm, nor an old one keep it up. */
const MOST_ANSWERS = 100;
const WINDOW_MS = 60 * 60 * 1000;

/** Means of values over a recent window. */
export class RecentMean {
  readonly #now: () => number;
  #values: { readonly at: number; readonly value: number }[] = [];

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  add(value: number): void {
    this.#values = [...this.#values, { at: this.#now(), value }].slice(-MOST_ANSWERS);
  }

  /** Null where the window has no value. */
  get mean(): number | null {
    this.#values = this.#values.filter(({ at }) => this.#now() - at <= WINDOW_MS);
    if (this.#values.length === 0) return null;
    return this.#values.reduce((sum, { value }) => sum + value, 0) / this.#values.length;
  }
}

/** What judges and people say of answers. Returns the functions that stop listening. */
export function qualityMetrics(registry: Registry): (() => void)[] {
  const means = new Map(Object.entries(DIMENSIONS).map(([score, name]) => [score, gaugeOf(name, registry)]));
  const ratings = new Counter({
    name: 'parley_ratings_total',
    help: 'Ratings of answers by people; a second rating of the same answer counts too',
    labelNames: ['rating'],
    registers: [registry],
  });
  for (const rating of ['up', 'down']) ratings.inc({ rating }, 0);
  return [
    listen('parley:evaluation', ({ scores }) => {
      // Of several judges the first one's score counts.
      const first = new Map(scores.toReversed().map(({ name, value }) => [name, value]));
      for (const [name, value] of first) means.get(name)?.add(value);
    }),
    listen('parley:rating', ({ rating }) => ratings.inc({ rating: rating.toLowerCase() })),
  ];
}

/** Without a judged answer in the window there is no sample: an alert on a low score must not fire for want of answers. */
function gaugeOf(dimension: string, registry: Registry): RecentMean {
  const recent = new RecentMean();
  new Gauge({
    name: `quality_score_${dimension}`,
    help: `Mean ${dimension} score (0..1) of the last ${MOST_ANSWERS} judged answers of the last hour; absent without any`,
    registers: [registry],
    collect() {
      const { mean } = recent;
      if (mean === null) this.remove();
      else this.set(mean);
    },
  });
  return recent;
}
