import { notFound } from '#core/errors.ts';
import type { CaseResultRecord, EvaluationRunRecord, EvaluationSetRecord } from '#core/ports/evaluation-set-store.ts';
import { builder } from './builder.ts';
import { EvaluationSummary, QualityReport } from './evaluation.ts';
import { decodeId, encodeId } from './ids.ts';
import { Node, registerNode } from './node.ts';
import { connection, pageArguments } from './page.ts';
import { Generation } from './refs.ts';

/** What a field counts whose resolver asks the database by itself, over up to thousands of rows: a document has at most 25,000. */
const STATEMENT = 200;

const RunStatus = builder.enumType('RunStatus', { values: ['QUEUED', 'RUNNING', 'COMPLETE', 'FAILED'] as const });

const EvaluationSet = builder.objectRef<EvaluationSetRecord>('EvaluationSet');
const EvaluationRun = builder.objectRef<EvaluationRunRecord>('EvaluationRun');

const CaseResult = builder.objectRef<CaseResultRecord>('CaseResult').implement({
  fields: (t) => ({
    case: t.int({ description: 'From 1, as in the set.', resolve: ({ number }) => number }),
    query: t.exposeString('query'),
    response: t.exposeString('response'),
    report: t.expose('report', { type: QualityReport }),
    previousOverall: t.exposeFloat('previousOverall', {
      nullable: true,
      description: 'In the last complete run of the same set by the same judge and version.',
    }),
    generation: t.field({
      type: Generation,
      nullable: true,
      description: 'Where Parley answered the query itself.',
      resolve: ({ generationId }, _arguments, { loaders }) =>
        generationId === null ? null : loaders.generation.load(generationId),
    }),
  }),
});
const CaseResultConnection = connection('CaseResult', CaseResult);

EvaluationRun.implement({
  interfaces: [Node],
  fields: (t) => ({
    id: t.id({ resolve: ({ id }) => encodeId('EvaluationRun', id) }),
    set: t.field({
      type: EvaluationSet,
      resolve: async ({ setId }, _arguments, { loaders }) => {
        const set = await loaders.evaluationSet.load(setId);
        if (!set) throw notFound('EvaluationSet');
        return set;
      },
    }),
    status: t.expose('status', { type: RunStatus }),
    done: t.exposeInt('done'),
    total: t.exposeInt('total'),
    judge: t.exposeString('judge', { description: 'Which judge, with its version; empty until a case is judged.' }),
    error: t.exposeString('error', { nullable: true, description: 'Why a run FAILED.' }),
    summary: t.field({
      type: EvaluationSummary,
      nullable: true,
      extensions: { cost: STATEMENT },
      description: 'Means over the results so far.',
      resolve: async ({ id }, _arguments, { parley, viewer, loaders }) => {
        const means = await loaders.apart(() => parley.evaluationSets.summary(viewer, id));
        return means && { ...means, key: 'all', satisfaction: null, p95Ms: null, errorRate: 0 };
      },
    }),
    regressions: t.stringList({
      extensions: { cost: STATEMENT },
      description:
        'Cases that fell by more than the tolerance since the last complete run of the same judge and version, worst first.',
      resolve: async ({ id }, _arguments, { parley, viewer, loaders }) => [
        ...(await loaders.apart(() => parley.evaluationSets.regressions(viewer, id))),
      ],
    }),
    results: t.field({
      type: CaseResultConnection,
      extensions: { cost: STATEMENT },
      args: { first: t.arg.int(), after: t.arg.string() },
      resolve: ({ id }, page, { parley, viewer, loaders }) =>
        loaders.apart(() => parley.evaluationSets.results(viewer, id, pageArguments(page))),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
  }),
});
const EvaluationRunConnection = connection('EvaluationRun', EvaluationRun);
registerNode('EvaluationRun', (id, { parley, viewer }) => parley.evaluationSets.getRun(viewer, id));

EvaluationSet.implement({
  interfaces: [Node],
  fields: (t) => ({
    id: t.id({ resolve: ({ id }) => encodeId('EvaluationSet', id) }),
    name: t.exposeString('name'),
    cases: t.int({ description: 'How many.', resolve: ({ size }) => size }),
    runs: t.field({
      type: EvaluationRunConnection,
      extensions: { cost: STATEMENT },
      description: 'Newest first.',
      args: { first: t.arg.int(), after: t.arg.string() },
      resolve: ({ id }, page, { parley, viewer, loaders }) =>
        loaders.apart(() => parley.evaluationSets.listRuns(viewer, id, pageArguments(page))),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
  }),
});
const EvaluationSetConnection = connection('EvaluationSet', EvaluationSet);
registerNode('EvaluationSet', (id, { parley, viewer }) => parley.evaluationSets.get(viewer, id));

const EvaluationCaseInput = builder.inputType('EvaluationCaseInput', {
  description:
    'A response is judged as it stands; without one Parley answers the query itself, with the whole pipeline.',
  fields: (t) => ({
    query: t.string({ required: true }),
    expected: t.string(),
    context: t.stringList(),
    response: t.string(),
  }),
});
const CreateEvaluationSetInput = builder.inputType('CreateEvaluationSetInput', {
  fields: (t) => ({
    name: t.string({ required: true }),
    cases: t.field({ type: [EvaluationCaseInput], required: true }),
  }),
});

builder.queryField('evaluationSets', (t) =>
  t.field({
    type: EvaluationSetConnection,
    description: 'The viewer’s own, newest first.',
    args: { first: t.arg.int(), after: t.arg.string() },
    resolve: (_root, page, { parley, viewer, loaders }) =>
      loaders.apart(() => parley.evaluationSets.list(viewer, pageArguments(page))),
  }),
);

builder.mutationFields((t) => ({
  createEvaluationSet: t.field({
    type: EvaluationSet,
    description: 'The same name and cases again are the same set.',
    args: { input: t.arg({ type: CreateEvaluationSetInput, required: true }) },
    resolve: (_root, { input: { name, cases } }, { parley, viewer }) =>
      parley.evaluationSets.create(viewer, {
        name,
        cases: cases.map(({ query, expected, context, response }) => ({
          ...{ query, expected: expected ?? null, context: context ?? null, response: response ?? null },
        })),
      }),
  }),
  runEvaluationSet: t.field({
    type: EvaluationRun,
    args: {
      id: t.arg.id({ required: true }),
      tolerance: t.arg.float({ description: 'A case that falls by more is a regression; .05 unless given.' }),
    },
    resolve: (_root, { id, tolerance }, { parley, viewer }) =>
      parley.evaluationSets.run(viewer, decodeId('EvaluationSet', id), tolerance ?? null),
  }),
}));

builder.subscriptionField('evaluationRunProgress', (t) =>
  t.field({
    type: EvaluationRun,
    description: 'The run as it is, then after each case; ends with COMPLETE or FAILED.',
    args: { id: t.arg.id({ required: true }) },
    subscribe: (_root, { id }, { parley, viewer, signal }) =>
      parley.evaluationSets.progress(viewer, decodeId('EvaluationRun', id), signal),
    resolve: (run) => run,
  }),
);
