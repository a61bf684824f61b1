import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError, notFound } from '../errors.ts';
import type { PluginDriver } from '../hooks/driver.ts';
import type { EvaluationCase, EvaluationRunRecord } from '../ports/evaluation-set-store.ts';
import type { Store } from '../ports/store.ts';
import { newId } from '../runtime/identifier.ts';
import type { Viewer } from '../viewer.ts';
import type { EvaluationSets, Features } from './index.ts';
import { checkShare, checkText, checkTitle } from './input.ts';

export interface EvaluationSetsOptions {
  readonly store: Pick<Store, 'evaluationSets'>;
  readonly driver: PluginDriver;
  readonly features: Features;
  readonly maxMessageCharacters: number;
  /** Begins work on a run where this process is a worker. */
  readonly onQueued: (runId: string, viewerId: string) => void;
}

const MOST_CASES = 10_000;
const MOST_TEXTS = 100;
/** UTF-16 code units of one text of a case. */
const LONGEST_TEXT = 200_000;
/** Default for the drop in a case's score that counts as a regression. */
const TOLERANCE = 0.05;
/** Runs of one viewer that have not ended. */
const MOST_RUNS = 50;
/** Milliseconds between looks at a run that is followed. */
const LOOK_EVERY = 300;

export function evaluationSets(options: EvaluationSetsOptions): EvaluationSets {
  const { store, driver, features, maxMessageCharacters, onQueued } = options;
  const sets = store.evaluationSets;
  const look = shared(LOOK_EVERY / 2, (viewer: Viewer, id: string) => sets.getRun(viewer, id));

  const checkCase = (given: EvaluationCase, place: number): EvaluationCase => {
    const name = (part: string) => `cases[${place}].${part}`;
    if ((given.context?.length ?? 0) > MOST_TEXTS)
      throw new AppError('BAD_USER_INPUT', `${name('context')} has more than ${MOST_TEXTS} texts`);
    const optional = (part: string, text: string | null) => text && checkText(name(part), text, LONGEST_TEXT);
    return {
      query: checkText(name('query'), given.query, maxMessageCharacters, 'MAX_MESSAGE_CHARACTERS'),
      expected: optional('expected', given.expected),
      context: given.context?.map((text) => checkText(name('context'), text, LONGEST_TEXT)) ?? null,
      response: optional('response', given.response),
    };
  };

  return {
    async create(viewer, { name, cases }) {
      if (cases.length === 0 || cases.length > MOST_CASES)
        throw new AppError('BAD_USER_INPUT', `cases must be 1 to ${MOST_CASES}`);
      const checked = cases.map(checkCase);
      const title = checkTitle('name', name);
      const fingerprint = createHash('sha256')
        .update(JSON.stringify([title, checked]))
        .digest('hex');
      return sets.create(viewer, { id: newId(), name: title, fingerprint, cases: checked });
    },

    async run(viewer, setId, tolerance) {
      if (!(await sets.get(viewer, setId))) throw notFound('EvaluationSet');
      if (!driver.has('assess', features.enabledFor(viewer)))
        throw new AppError('FEATURE_DISABLED', 'No plugin that judges answers is switched on for this viewer');
      const checked = checkShare('tolerance', tolerance) ?? TOLERANCE;
      const run = await sets.createRun(viewer, { id: newId(), setId, tolerance: checked, most: MOST_RUNS });
      if (!run)
        throw new AppError('RATE_LIMITED', `At most ${MOST_RUNS} of your runs may wait and run at once`, {
          retryAfter: 60,
        });
      onQueued(run.id, viewer.id);
      return run;
    },

    get: (viewer, id) => sets.get(viewer, id),
    list: (viewer, page) => sets.list(viewer, page),
    getRun: (viewer, id) => sets.getRun(viewer, id),
    listRuns: (viewer, setId, page) => sets.listRuns(viewer, setId, page),
    results: (viewer, runId, page) => sets.results(viewer, runId, page),
    summary: (viewer, runId) => sets.summary(viewer, runId),

    async regressions(viewer, runId) {
      const worse = await sets.regressions(viewer, runId);
      return worse.map(
        ({ number, query, previousOverall, report }) =>
          `case ${number}: ${(previousOverall ?? 0).toFixed(2)} to ${report.overall.toFixed(2)}: ${query.slice(0, 100)}`,
      );
    },

    async *progress(viewer, id, signal) {
      let shown: EvaluationRunRecord | undefined;
      for (;;) {
        const run = await look(viewer, id);
        if (!run) {
          if (shown) return;
          throw notFound('EvaluationRun');
        }
        if (shown?.done !== run.done || shown.status !== run.status) yield run;
        shown = run;
        if (run.status === 'COMPLETE' || run.status === 'FAILED' || signal.aborted) return;
        await sleep(LOOK_EVERY, undefined, { signal }).catch(() => undefined);
        if (signal.aborted) return;
      }
    },
  };
}

/** Followers of one run share what is read for it: a read is younger than so many milliseconds. */
function shared<T>(milliseconds: number, read: (viewer: Viewer, id: string) => Promise<T>): typeof read {
  const reads = new Map<string, Promise<T>>();
  return (viewer, id) => {
    const key = `${viewer.id} ${id}`;
    const known = reads.get(key);
    if (known) return known;
    const started = read(viewer, id);
    reads.set(key, started);
    setTimeout(() => reads.delete(key), milliseconds).unref();
    return started;
  };
}
