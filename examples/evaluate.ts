/**
 * Creates an evaluation set, runs it, follows its progress, and prints the cases whose score fell since the last run.
 *   node examples/evaluate.ts        (PARLEY_URL, PARLEY_KEY as in the other examples)
 * In CI, `npm run evaluate -- FILE` does the same for a file, with an exit code.
 */
const url = `${process.env['PARLEY_URL'] ?? 'http://127.0.0.1:4000'}/graphql`;
const key = process.env['PARLEY_KEY'];

const cases = [
  {
    query: 'When was the bridge built?',
    response: 'The bridge was built in 1932.',
    context: ['The bridge was built in 1932 by Anna Meyer.'],
  },
  { query: '这座桥多长？', response: '这座桥长五百米。', context: ['这座桥长三百米，建于1932年。'] },
];

const { createEvaluationSet: set } = await ask(
  'mutation ($cases: [EvaluationCaseInput!]!) { createEvaluationSet(input: { name: "bridge", cases: $cases }) { id cases } }',
  { cases },
);
console.error(`a set of ${set.cases} cases`);
let { runEvaluationSet: run } = await ask('mutation ($id: ID!) { runEvaluationSet(id: $id) { id status } }', {
  id: set.id,
});
while (run.status !== 'COMPLETE' && run.status !== 'FAILED') {
  await new Promise((resolve) => setTimeout(resolve, 200));
  const { node } = await ask(
    `query ($id: ID!) { node(id: $id) { ... on EvaluationRun { id status done total judge error regressions
       results(first: 100) { edges { node { case response report { overall unsupported { text } suggestions } } } } } } }`,
    { id: run.id },
  );
  run = node;
  console.error(`${run.done} of ${run.total}`);
}
if (run.status === 'FAILED') throw new Error(run.error);
for (const { node } of run.results.edges) {
  console.log(`case ${node.case}: ${node.report.overall.toFixed(2)}  ${node.response}`);
  for (const { text } of node.report.unsupported) console.log(`  no source bears out: ${text}`);
  for (const suggestion of node.report.suggestions) console.log(`  ${suggestion}`);
}
console.log(`regressions: ${run.regressions.length}`);

// biome-ignore lint/suspicious/noExplicitAny: an example without generated types
async function ask(query: string, variables: object): Promise<any> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(key ? { authorization: `Bearer ${key}` } : {}) },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await response.json()) as { data?: unknown; errors?: { message: string }[] };
  if (errors?.[0]) throw new Error(errors[0].message);
  return data;
}
