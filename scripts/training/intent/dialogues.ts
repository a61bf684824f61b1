/** Short conversations put together from phrases that were written for this repository (CC0): what follows a question about a topic. */
import type { ChatMessage } from '#core/turn.ts';
import { SLOTS } from './read-phrases.ts';
import type { Case } from './sources.ts';

interface Parts {
  /** Complete messages about the topic X. */
  readonly about: readonly string[];
  /** Complete messages about something else. */
  readonly other: readonly string[];
  /** Lean on what was said; Y is another topic. */
  readonly leaning: readonly string[];
  readonly answers: readonly string[];
}

const PARTS: Readonly<Record<'en' | 'zh', Parts>> = {
  en: {
    about: [
      'What is X?',
      'How does X work?',
      'Tell me about X.',
      'What are the benefits of X?',
      'Why is X important?',
      'What is the history of X?',
      'Is X expensive?',
      'Who invented X?',
      'Can you explain X to a beginner?',
      'I want to learn about X, where do I start?',
      'What are the risks of X?',
    ],
    other: [
      'What is the capital of Peru?',
      'How do I cook rice?',
      'What will the weather be like in Paris tomorrow?',
      'Who won the world cup in 2018?',
      'How many meters are in a mile?',
      'Can you recommend a restaurant in Rome?',
      'Who wrote Hamlet?',
      'How do I remove a coffee stain from a shirt?',
      'What year did the Titanic sink?',
      'How do I reverse a list in Python?',
      'When is the next flight to Madrid?',
      'Who is the president of France?',
    ],
    leaning: [
      'Why?',
      'What are the benefits?',
      'How much does it cost?',
      'When did it start?',
      'Is it safe?',
      'Who invented it?',
      'What about Y?',
      'Any examples?',
      'How does that work?',
      'Are there side effects?',
      'Which one is better?',
      'How long does it take?',
      'And in 2020?',
      'What are its main uses?',
      'Do they still exist?',
      'What happened next?',
      'Is there an alternative?',
      'Can you give me an example of this?',
      'And for children?',
      'How so?',
    ],
    answers: [
      'X is widely discussed. It has several parts and uses.',
      'There are many views on X; here are the main points.',
      'In short, X matters to many people.',
    ],
  },
  zh: {
    about: [
      '什么是X？',
      'X有哪些优点？',
      'X怎么学？',
      '介绍一下X',
      'X的历史是怎样的？',
      '为什么X很重要？',
      'X多少钱？',
      'X是什么时候开始的？',
      '怎么理解X？',
      '谁发明了X？',
      '我想了解X，从哪里开始？',
      'X有什么风险？',
      'X难不难？',
    ],
    other: [
      '今天天气怎么样？',
      '红烧肉怎么做？',
      '法国的首都是哪里？',
      '谁写了红楼梦？',
      '一英里等于多少米？',
      '北京有什么好玩的地方？',
      '怎么煮米饭？',
      '珠穆朗玛峰有多高？',
      '衣服上的咖啡渍怎么洗？',
      '泰坦尼克号是哪一年沉没的？',
      '明天去上海的高铁几点发车？',
      '世界杯冠军是谁？',
      '怎么用Python反转列表？',
      '推荐一部好看的电影',
      '附近有什么好吃的？',
      '上海明天会下雨吗？',
      '感冒了吃什么药？',
      '怎么申请护照？',
      '苹果手机怎么截图？',
      '一年有多少个工作日？',
    ],
    leaning: [
      '它有哪些优点？',
      '它是什么时候开始的？',
      '为什么？',
      '有什么缺点？',
      '多少钱？',
      '那Y呢？',
      '怎么学？',
      '有例子吗？',
      '哪个更好？',
      '这个难吗？',
      '这种方法安全吗？',
      '还有别的吗？',
      '谁发明的？',
      '具体怎么做？',
      '需要多长时间？',
      '有哪些应用？',
      '其优点是什么？',
      '贵不贵？',
      '值得吗？',
      '能举个例子吗？',
      '后来呢？',
      '原因是什么？',
      '创始人是谁？',
      '地址在哪？',
      '电话是多少？',
      'Y呢？',
      '为什么这么说？',
      '他是谁？',
      '那里冷吗？',
      '最贵的是哪个？',
      '这家店几点关门？',
    ],
    answers: [
      'X是一个常见的概念，包括几个方面。',
      '关于X有很多看法，主要有以下几点。',
      '简单来说，X对很多人都很重要。',
    ],
  },
};
const ROUNDS = 12;

export type Dialogue = Case<{ readonly shift: boolean; readonly leans: boolean }>;

/** In a fixed order. Each message follows one or two questions about a topic. */
export function dialogues(language: 'en' | 'zh'): Dialogue[] {
  const { about, other, leaning, answers } = PARTS[language];
  const topics = SLOTS[language].topic ?? [];
  let turn = 0;
  const next = (from: readonly string[]) => from[(turn * 7 + Math.floor(turn / from.length)) % from.length] ?? '';
  return Array.from({ length: ROUNDS }, (_, round) => round).flatMap((round) =>
    topics.flatMap((topic, place): Dialogue[] => {
      turn += 1;
      const another = topics[(place + round + 1) % topics.length] ?? '';
      const fill = (text: string) => text.replace('X', topic).replace('Y', another);
      const history: ChatMessage[] = [
        { role: 'USER', content: fill(next(about)) },
        { role: 'ASSISTANT', content: fill(next(answers)) },
      ];
      if (turn % 2 === 0)
        history.push(
          { role: 'USER', content: fill(leaning[(turn * 3) % leaning.length] ?? '') },
          { role: 'ASSISTANT', content: fill(answers[turn % answers.length] ?? '') },
        );
      const rest = { history, group: `${language} ${place}` };
      const kinds = [
        { text: fill(next(leaning)), answer: { shift: false, leans: true } },
        { text: next(about).replace('X', another), answer: { shift: true, leans: false } },
        { text: next(other), answer: { shift: true, leans: false } },
        { text: fill(about[(turn * 5) % about.length] ?? ''), answer: { shift: false, leans: false } },
      ];
      const [kind, second] = [kinds[turn % 4], kinds[0]];
      return [kind, turn % 4 === 0 ? undefined : second].flatMap((one) => (one ? [{ ...one, ...rest }] : []));
    }),
  );
}
