import { describe, expect, test } from 'vitest';
import { type Client, FOLLOW } from '../support/client.ts';
import { addBridge, chat, GOOD, provider, QUESTION, start } from '../support/judged.ts';

describe('ENABLE_QUALITY_REPAIR', () => {
  const REPAIR = { ENABLE_QUALITY_REPAIR: 'true', QUALITY_MINIMUM: '0.7' };
  const branch = async (asking: Client, messageId: string) => {
    const { data } = await asking.request(
      'query($id: ID!) { node(id: $id) { ... on Message { siblings { content } conversation { messages(last: 1) { edges { node { content } } } } } } }',
      { id: messageId },
    );
    return {
      siblings: data.node.siblings.map(({ content }: { content: string }) => content),
      active: data.node.conversation.messages.edges[0].node.content,
    };
  };
  const BAD = 'Penguins are flightless seabirds that eat mostly krill and fish in cold water.';

  /** Events until the revision that they announce is judged too. */
  async function revised(asking: Client, first: string, second: string) {
    const texts = [first, second];
    provider.respond(() => ({ text: texts.shift() ?? 'no third try was prepared' }));
    const events = await chat(asking, QUESTION);
    const [last] = events.slice(-1) as never as [{ __typename: string; reason: string; generation: { id: string } }];
    const assistant = (events[0] as never as { assistantMessageId: string }).assistantMessageId;
    if (last.__typename === 'AnswerRevised')
      for await (const _ of asking.sse(FOLLOW, {
        id: last.generation.id,
      }));
    return { events, last, assistant, left: texts };
  }

  test('tries an answer that fell short once more, and makes the better one active', async () => {
    const asking = await start(REPAIR);
    await addBridge(asking);
    const { last, assistant } = await revised(asking, BAD, GOOD);
    expect(last).toMatchObject({
      __typename: 'AnswerRevised',
      reason: expect.stringMatching(/overall 0\.\d\d is under 0\.7; weakest: \w+/),
    });
    await expect.poll(() => branch(asking, assistant)).toEqual({ siblings: [BAD, GOOD], active: GOOD });
    const instructions = String(provider.calls.at(-1)?.body.messages?.[0]?.content);
    expect(instructions).toContain('An earlier answer to this message fell short');
  });

  test('keeps the first answer active if the second is worse', async () => {
    const asking = await start({ ...REPAIR, QUALITY_MINIMUM: '1' });
    await addBridge(asking);
    const { assistant, left } = await revised(asking, GOOD, BAD);
    await expect.poll(() => branch(asking, assistant)).toEqual({ siblings: [GOOD, BAD], active: GOOD });
    expect(left).toEqual([]);
  });

  test('leaves good answers alone, and all answers while it is off', async () => {
    const asking = await start({ ...REPAIR, QUALITY_MINIMUM: '0.3' });
    await addBridge(asking);
    expect((await revised(asking, GOOD, BAD)).last.__typename).toBe('EvaluationAdded');
    const off = await start();
    await addBridge(off);
    expect((await revised(off, BAD, GOOD)).last.__typename).toBe('EvaluationAdded');
  });
});
