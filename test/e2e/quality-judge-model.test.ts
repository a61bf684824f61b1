import { describe, expect, test } from 'vitest';
import type { Client } from '../support/client.ts';
import {
  addBridge,
  answersWith,
  BRIDGE,
  chat,
  EVALUATE,
  GOOD,
  provider,
  QUESTION,
  start,
  WRONG,
} from '../support/judged.ts';

const stages = async (asking: Client, id: string) => {
  const { data } = await asking.request(
    'query($id: ID!) { node(id: $id) { ... on Generation { status stages { stage plugin outcome detail } message { evaluation { report { judge } } } } } }',
    { id },
  );
  return data.node;
};

describe('JUDGE_MODEL', () => {
  const JUDGE = { JUDGE_MODEL: 'openai-compatible:judge' };

  test('judges in place of the rules, and is named', async () => {
    const asking = await start({ ...JUDGE, MODEL_FIRST_TOKEN_TIMEOUT: '2000' });
    await addBridge(asking);
    answersWith(
      GOOD,
      'Here you are: {"relevance": 0.9, "completeness": 0.8, "coherence": 1, "safety": 1, "unsupported": [{"sentence": 2, "reason": "No source says so."}]}',
    );
    const events = await chat(asking, QUESTION);
    const { evaluation } = events.at(-1) as never as { evaluation: { report: Record<string, unknown> } };
    expect(evaluation.report).toMatchObject({
      judge: 'openai-compatible:judge/report@1',
      relevance: 0.9,
      groundedness: 0.5,
      unsupported: [{ text: 'It is 120 metres long.' }],
      suggestions: ['No source says so.'],
    });
    expect(evaluation.report['scores']).toContainEqual(
      expect.objectContaining({ name: 'faithfulness', value: 0.5, source: 'MODEL' }),
    );
  });

  test('that checks facts is called claim by claim', async () => {
    const asking = await start({ JUDGE_MODEL: 'openai-compatible:bespoke-minicheck' });
    const claims: string[] = [];
    provider.respond(({ body }) => {
      const content = String(body.messages?.at(-1)?.content);
      claims.push(content);
      return { text: content.endsWith('feet long.') ? 'No' : 'Yes' };
    });
    const { data } = await asking.request(EVALUATE, { input: { query: QUESTION, response: WRONG, context: [BRIDGE] } });
    expect(claims.toSorted()).toEqual([
      `Document: ${BRIDGE}\nClaim: It is 120 feet long.`,
      `Document: ${BRIDGE}\nClaim: The old bridge was built in 1932.`,
    ]);
    expect(data.evaluateQuality).toMatchObject({
      groundedness: 0.5,
      judge: 'openai-compatible:bespoke-minicheck/claims@1',
    });
  });

  test.each([
    ['is down', { status: 500 }, 'down'],
    ['talks nonsense', { text: 'I would rather not say.' }, 'nonsense'],
    [
      'gives a score out of range',
      { text: '{"relevance": 7, "completeness": 1, "coherence": 1, "safety": 1, "unsupported": []}' },
      'nonsense',
    ],
    [
      'names a sentence that is not there',
      { text: '{"relevance": 1, "completeness": 1, "coherence": 1, "safety": 1, "unsupported": [99]}' },
      'nonsense',
    ],
    ['is slow', { text: 'x', stallAfter: 0 }, 'slow'],
    ['breaks off', { text: 'x'.repeat(50), closeAfter: 1 }, 'down'],
  ] as const)('that %s leaves the offline report, and the trace says so', async (_name, behaviour, reason) => {
    const asking = await start({ ...JUDGE, MODEL_FIRST_TOKEN_TIMEOUT: '2000' });
    await addBridge(asking);
    provider.respond(({ body }) => (body.model === 'judge' ? behaviour : { text: GOOD }));
    const events = await chat(asking, QUESTION);
    expect(events.map(({ __typename }) => __typename).slice(-2)).toEqual(['GenerationCompleted', 'EvaluationAdded']);
    const node = await stages(asking, String(events[0]?.generationId));
    expect(node.status).toBe('COMPLETE');
    expect(node.message.evaluation.report.judge).toBe('offline@1');
    const [note] = node.stages.filter(({ detail }: { detail: string | null }) =>
      detail?.includes('offline report stands'),
    );
    expect(note).toMatchObject({
      stage: 'assess',
      plugin: 'quality',
      detail: `judge openai-compatible:judge: ${reason}; the offline report stands`,
    });
  });
});
