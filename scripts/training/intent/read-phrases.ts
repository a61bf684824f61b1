/** Reads phrases.*.txt: templates of messages by type, expanded in a fixed order. */
import { readFileSync } from 'node:fs';

export interface Phrase {
  readonly text: string;
  readonly type: string;
  /** '+': needs a conversation before it; '-': has none; '': either. */
  readonly history: '+' | '-' | '';
  /** Which template it comes from: all phrases of one template are learned, or all are held out. */
  readonly template: number;
}

/** Phrases kept of one template, spread evenly over all that it expands to. */
const MOST_OF_TEMPLATE = 40;
/** Number of times that a template is filled, with other values each time. */
const SLOT_ROUNDS = 4;

export const SLOTS: Readonly<Record<'en' | 'zh', Readonly<Record<string, readonly string[]>>>> = {
  en: {
    topic: [
      'machine learning',
      'solar energy',
      'the French Revolution',
      'diabetes',
      'electric cars',
      'inflation',
      'photosynthesis',
      'blockchain',
      'the Roman Empire',
      'vitamin D',
      'remote work',
      'jazz',
      'black holes',
      'my taxes',
      'a used car',
      'vegan food',
      'the stock market',
      'climate change',
      'HTTP caching',
      'PostgreSQL indexes',
      'our refund policy',
      'the new contract',
      'yoga',
      'chess openings',
      'coral reefs',
    ],
    place: ['Kyoto', 'Berlin', 'New York', 'Peru', 'London', 'Shanghai', 'Iceland', 'Cairo'],
    action: [
      'reverses a linked list',
      'sort a list of names',
      'parse a CSV file',
      'renew a passport',
      'call the dentist',
      'lose weight',
      'open a bank account',
      'learn the guitar',
      'install Docker',
      'bake bread',
      'buy milk',
      'water the plants',
      'cancel a contract',
      'count words in a file',
    ],
    text: [
      'The quick brown fox jumps over the lazy dog',
      'x + 3 = 7',
      'I has went to the market',
      'Our sales rose by 4% in May',
      'good morning',
    ],
    word: ['that word', '"latency"', 'the acronym', 'idempotent', 'the last term', 'normalization'],
    claim: [
      'it was built in 1889',
      'the earth is not flat',
      'water boils at 90 degrees there',
      'we should use the first method',
      'it runs on Linux',
      'both are equal',
      'the train leaves at nine',
    ],
    value: [
      '1989',
      'Paris',
      'the blue one',
      '42',
      'Tuesday',
      'Einstein',
      '15 percent',
      'my sister',
      'kilometers',
      'version 3',
    ],
    question: [
      'what is the capital of Peru?',
      'can you recommend a good pasta recipe?',
      'how do vaccines work?',
      'who won the world cup in 2018?',
      'how do I cook rice?',
      'what is the weather like in Paris?',
      'is coffee bad for you?',
      "what's a good book about whales?",
      'how tall is Mount Everest?',
      'do you know a good dentist?',
    ],
  },
  zh: {
    topic: [
      '人工智能',
      '机器学习',
      '太阳能',
      '光合作用',
      '区块链',
      '唐朝',
      '糖尿病',
      '电动车',
      '通货膨胀',
      '相对论',
      '黑洞',
      '瑜伽',
      '中医',
      '股票',
      '量子计算',
      '数据库索引',
      '退款政策',
      '公积金',
      '碳中和',
      '红楼梦',
      '二手房',
      '咖啡',
      '垃圾分类',
      '远程办公',
      '新合同',
    ],
    place: ['北京', '上海', '成都', '日本', '云南', '西安', '杭州', '巴黎'],
    action: [
      '办护照',
      '开银行账户',
      '减肥',
      '学吉他',
      '安装软件',
      '做面包',
      '取消合同',
      '给花浇水',
      '买牛奶',
      '处理表格',
      '报名考试',
    ],
    text: ['今天天气很好', 'x加3等于7', '我们五月的销售额增长了百分之四', '早上好', '他昨天去了市场'],
    word: ['这个词', '幂等', '延迟', '最后那个术语', '归一化', '缩写'],
    claim: ['地球不是平的', '它建于1889年', '水在那里九十度就开', '应该用第一种方法', '两者一样', '火车九点开'],
    value: ['1989年', '巴黎', '蓝色的', '42', '星期二', '爱因斯坦', '百分之十五', '上海', '第三版', '公里'],
    question: [
      '今天天气怎么样？',
      '推荐一道好吃的菜',
      '疫苗是怎么起作用的？',
      '谁赢了世界杯？',
      '怎么煮米饭？',
      '喝咖啡对身体不好吗？',
      '附近有什么好玩的？',
      '珠穆朗玛峰有多高？',
      '有什么好看的电影？',
    ],
  },
};

export function readPhrases(language: 'en' | 'zh'): Phrase[] {
  const source = readFileSync(new URL(`phrases.${language}.txt`, import.meta.url), 'utf8');
  let [type, history, template] = ['', '', 0];
  return source.split('\n').flatMap((line): Phrase[] => {
    const heading = /^## (\w+) ?([+-]?)$/.exec(line);
    if (heading) [type, history] = [heading[1] ?? '', heading[2] ?? ''];
    if (heading || line.trim() === '' || line.startsWith('#')) return [];
    template += 1;
    const number = template;
    const rounds = line.includes('<') ? SLOT_ROUNDS : 1;
    const all = Array.from({ length: rounds }, () => expand(line).map((text) => filled(text, language))).flat();
    const texts = spread([...new Set(all)]);
    return texts.map((text) => ({ text, type, history: history as Phrase['history'], template: number }));
  });
}

/** All texts of a template, innermost choices first. */
function expand(template: string): string[] {
  const choice = /\{([^{}]*)\}/.exec(template);
  if (!choice) return [template.replace(/\s+/g, ' ').trim()];
  const [whole, options = ''] = choice;
  return options
    .split('|')
    .flatMap((option) =>
      expand(template.slice(0, choice.index) + option + template.slice(choice.index + whole.length)),
    );
}

function spread(texts: readonly string[]): string[] {
  const step = Math.max(1, texts.length / MOST_OF_TEMPLATE);
  return Array.from(
    { length: Math.min(texts.length, MOST_OF_TEMPLATE) },
    (_, at) => texts[Math.floor(at * step)] ?? '',
  );
}

const filledSlots = new Map<string, number>();
/** Slots take their values in turn. */
function filled(text: string, language: 'en' | 'zh'): string {
  return text.replace(/<(\w+)>/g, (whole, slot: string) => {
    const values = SLOTS[language][slot];
    if (!values) throw new Error(`no slot ${whole}`);
    const turn = filledSlots.get(language + slot) ?? 0;
    filledSlots.set(language + slot, turn + 1);
    return values[(turn * 7) % values.length] ?? '';
  });
}
