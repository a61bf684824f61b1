import { describe, expect, test } from 'vitest';
import type { ChatMessage } from '#core/turn.ts';
import { IntentAnalyser } from './analyser.ts';
import { readGeneralModels } from './general-models.ts';
import { trainTeamClassifier } from './labels/team-classifier.ts';

const models = readGeneralModels();
const general = new IntentAnalyser(models);
const said = (...messages: string[]): ChatMessage[] =>
  messages.map((content, at) => ({ role: at % 2 === 0 ? 'USER' : 'ASSISTANT', content }));
const analyse = (content: string, history: readonly ChatMessage[] = [], analyser = general) =>
  analyser.analyse({ content, history, topic: null, previousIntent: null });

const AI = said('什么是人工智能？', '人工智能是计算机科学的一个分支。');
const CANCER = said('What is throat cancer?', 'A disease in which malignant cells form in the throat.');

describe('the type of a message', () => {
  test.each([
    ['继续上面的话题', 'task_continuation'],
    ['什么是人工智能？', 'question'],
    ['你好', 'small_talk'],
    ['再见', 'farewell'],
    ['帮我写一封辞职信', 'new_task'],
    ['打开客厅的灯', 'command'],
    ['换个话题吧', 'topic_switch'],
    ['不对，我说的是上海', 'correction'],
    ['Hello', 'small_talk'],
    ['write a poem about autumn', 'new_task'],
    ['turn on the lights', 'command'],
    ['continue', 'task_continuation'],
    ['Tell me about quantum computing', 'question'],
    ['goodbye', 'farewell'],
  ])('%s without a history is %s with a confidence over 0.5', (content, type) => {
    expect(analyse(content)).toMatchObject({ type });
    expect(analyse(content).confidence).toBeGreaterThan(0.5);
  });

  test.each([
    ['没听懂，能再解释一下吗？', 'clarification'],
    ['不对，我问的是机器学习', 'correction'],
    ['回答得很好，谢谢', 'feedback'],
    ['把上面的内容总结成三点', 'task_continuation'],
    ['换个话题，聊聊股票', 'topic_switch'],
    ['今天天气怎么样？', 'topic_switch'],
    ['它有哪些应用？', 'question'],
  ])('%s after an answer is %s', (content, type) => {
    expect(analyse(content, AI).type).toBe(type);
  });

  test.each([
    ['What do you mean?', 'clarification'],
    ['No, I meant mouth cancer', 'correction'],
    ['That was very helpful', 'feedback'],
    ['make it shorter', 'task_continuation'],
    ['By the way, who won the world cup?', 'topic_switch'],
    ['Is it treatable?', 'question'],
  ])('%s after an answer is %s', (content, type) => {
    expect(analyse(content, CANCER).type).toBe(type);
  });
});

describe('the topic', () => {
  test('is the phrase of the first question, and stays while questions are about it', () => {
    expect(analyse('什么是人工智能？')).toMatchObject({ topic: '人工智能', topicShift: false });
    expect(analyse('它有哪些应用？', AI)).toMatchObject({ topic: '人工智能', topicShift: false });
  });

  test('shifts with a question about something else', () => {
    expect(analyse('红烧肉怎么做？', AI)).toMatchObject({ topic: '红烧肉', topicShift: true });
    expect(analyse('What is the capital of Peru?', CANCER)).toMatchObject({ topic: 'Peru', topicShift: true });
  });

  test('does not shift with a question that leans on the answer', () => {
    const history = said('What is throat cancer?', 'A disease of the throat.');
    expect(analyse('Is it treatable?', history)).toMatchObject({ topic: 'throat cancer', topicShift: false });
  });

  test('is open after a switch that names none, and the next message names it', () => {
    const first = general.analyse({ content: '换个话题吧', history: AI, topic: '人工智能', previousIntent: null });
    expect(first).toMatchObject({ topic: null, topicShift: true });
    const history = [...AI, ...said('换个话题吧', '好的，聊什么？')];
    const next = general.analyse({ content: '股票是什么？', history, topic: '人工智能', previousIntent: first });
    expect(next).toMatchObject({ topic: '股票', topicShift: true });
  });

  test('is taken from the conversation where the history is cut, and does not shift without one', () => {
    const input = { content: '继续', history: [], topic: '人工智能', previousIntent: null };
    expect(general.analyse(input)).toMatchObject({ topic: '人工智能', topicShift: false });
    expect(analyse('你好').topic).toBeNull();
  });

  test.each(['继续', '谢谢', '不对', 'bye', 'go on'])('does not shift with %s', (content) => {
    expect(analyse(content, AI)).toMatchObject({ topicShift: false, topic: '人工智能' });
  });
});

describe('the standalone query', () => {
  test.each([
    ['它有哪些应用？', AI, '人工智能有哪些应用？'],
    ['那机器学习呢？', AI, '什么是机器学习？'],
    ['Is it treatable?', CANCER, 'Is throat cancer treatable?'],
    ['What are its symptoms?', CANCER, "What are throat cancer's symptoms?"],
    ['那上海呢？', said('北京明天天气怎么样？', '晴。'), '上海明天天气怎么样？'],
    ['and in 2020?', said('What was the revenue in 2019?', '4 million.'), 'What was the revenue in 2020?'],
    ['继续', AI, '继续（人工智能）'],
  ])('of %s fills in what the history says', (content, history, standalone) => {
    expect(analyse(content, history).standaloneQuery).toBe(standalone);
  });

  test.each([
    ['什么是人工智能？', []],
    ['What is mortadella and where is it from?', CANCER],
    ['红烧肉怎么做？', AI],
    ['谢谢', AI],
  ])('of %s is the message itself', (content, history) => {
    expect(analyse(content, history).standaloneQuery).toBe(content);
  });
});

describe("a team's labels", () => {
  const items = ['card', 'account', 'statement', 'passport', 'parcel', 'ticket', 'invoice', 'loan', 'salary', 'refund'];
  const classifier = trainTeamClassifier(
    items.flatMap((item) => [
      { text: `where is my ${item}?`, label: 'status' },
      { text: `please cancel my ${item}`, label: 'cancel' },
      { text: `how much is the ${item}?`, label: 'price' },
    ]),
  );
  const team = new IntentAnalyser(models, () => classifier);

  test('take the place of questions and commands, and keep the general type as a signal', () => {
    const found = analyse('where is my invoice?', [], team);
    expect(found.type).toBe('status');
    expect(found.signals).toContain('type:question');
    expect(analyse('where is my invoice?', CANCER, team).type).toBe('status');
  });

  test('leave out what is in no class of theirs', () => {
    expect(analyse('什么是人工智能？', [], team).type).toBe('out_of_scope');
  });

  test('leave the conversation its types', () => {
    expect(analyse('继续上面的话题', [], team).type).toBe('task_continuation');
    expect(analyse('goodbye', [], team).type).toBe('farewell');
  });
});

test.each([
  '',
  ' ',
  '\ud800',
  '🤖'.repeat(5_000),
  'ok '.repeat(10_000),
  '？'.repeat(2_000),
  '['.repeat(20_000),
  '那'.repeat(5_000),
])('a hostile message gets an analysis with a confidence of 0 to 1', (content) => {
  const found = analyse(content, said(content, content, content));
  expect(found.confidence).toBeGreaterThanOrEqual(0);
  expect(found.confidence).toBeLessThanOrEqual(1);
  expect(found.standaloneQuery.isWellFormed()).toBe(content.isWellFormed());
  expect((found.topic ?? '').length).toBeLessThanOrEqual(60);
});
