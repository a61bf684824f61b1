/** The phrase that a message is about, in its own words. */
import { readable } from '../classifier/tokens.ts';
import { isStopWord } from './words.ts';

/** UTF-16 code units of a message that are read, and of a topic. */
const READ = 400;
const LONGEST_TOPIC = 60;
const CJK = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;
const SENTENCES = /[.?!。；;\n]+(?:\s|$)|[?!。；\n]/u;
const ENGLISH_WORD = /[\p{L}\p{N}][\p{L}\p{N}'.+#/&-]*[\p{L}\p{N}+#]|[\p{L}\p{N}]/gu;
/** Words that may stand inside a phrase. */
const CONNECTORS = new Set(['of', 'the', 'in', 'for', 'and', 'de', 'la', '&']);
/** Verbs of questions: they end a phrase. */
const VERBS = new Set(
  `work works working happen happens happened mean means start started begin began cause causes treat spread differ compare compares
affect affects cost costs exist look looks live lived die died become became survive survived recommend write draft compose create
design plan build develop translate summarize rewrite continue continued set open close play remind book order buy sell analyze
review generate implement talk discuss say speak learn study improve add change switch call called won win wins invented discovered wrote celebrate celebrated sink sank founded built find turn`.split(
    /\s+/,
  ),
);

/** Attributes of a thing. Alone they name no thing. */
const ATTRIBUTES = new Set(
  `symptoms symptom causes cause effects effect side effects advantages advantage disadvantages benefits types type origins origin
differences difference examples example uses use history impact role purpose price cost features feature characteristics risks
names name size results result models method methods steps tips application applications development treatment treatments`
    .split(/\s+/)
    .concat('side effects', 'pros and cons'),
);

/** Null where a message names nothing, as `thanks` or `what are the symptoms?` do. */
export function topicOf(message: string): string | null {
  const text = readable(message.slice(0, READ)).trim();
  for (const sentence of text.split(SENTENCES)) {
    const found = CJK.test(sentence) ? chineseTopic(sentence) : englishTopic(sentence);
    if (found) return shortened(found);
  }
  return null;
}

interface Phrase {
  readonly text: string;
  readonly words: number;
  readonly capitals: number;
}

/** The phrase of most content words; one with capital letters before one without. */
function englishTopic(sentence: string): string | null {
  const phrases: Phrase[] = [];
  for (const clause of sentence.split(/[,;:()"“”]/)) {
    const words = [...clause.matchAll(ENGLISH_WORD)].map(([word]) => word);
    let start = 0;
    while (start < words.length) {
      if (!isContent(words[start])) {
        start += 1;
        continue;
      }
      const end = endOfPhrase(words, start);
      phrases.push(phraseOf(words.slice(start, end)));
      start = end;
    }
  }
  const named = phrases.filter(({ text }) => !ATTRIBUTES.has(text.toLowerCase()));
  const best = named.reduce<Phrase | null>((found, one) => (found && rank(found) >= rank(one) ? found : one), null);
  return best && withoutAttribute(best.text);
}

const rank = ({ words, capitals }: Phrase): number => words + 1.5 * Math.min(2, capitals);

const isContent = (word: string | undefined): boolean => {
  const lower = word?.toLowerCase() ?? '';
  // US and IT are names, us and it are not.
  if (word !== undefined && word.length > 1 && word === word.toUpperCase() && /\p{Lu}/u.test(word)) return true;
  return lower.length > 1 && !isStopWord(lower) && !VERBS.has(lower);
};

function endOfPhrase(words: readonly string[], start: number): number {
  let end = start + 1;
  while (end < words.length) {
    let next = end;
    while (next < words.length && next - end < 2 && CONNECTORS.has(words[next]?.toLowerCase() ?? '')) next += 1;
    if (!isContent(words[next])) break;
    end = next + 1;
  }
  return end;
}

function phraseOf(words: readonly string[]): Phrase {
  const text = words.join(' ').replace(/'s$/, '');
  return {
    text,
    words: words.filter(isContent).length,
    capitals: words.filter((word) => /^\p{Lu}/u.test(word)).length,
  };
}

/** `symptoms of lung cancer` is about lung cancer. Names such as `University of Leeds` stay. */
const withoutAttribute = (phrase: string): string => phrase.replace(/^\p{Ll}+ (?:of|in|for) (?:the )?/u, '');

const WORDS = new Intl.Segmenter('zh', { granularity: 'word' });
/** Frames of Chinese questions and requests. */
const FRAMES =
  /^(?:(?:请问|请|麻烦|你好|您好|那么|那|好的|对了|另外|顺便问一?下|我(?:还)?想(?:知道|了解|问)?(?:一?下)?|(?:帮|给)我(?:们)?|告诉我|介绍一?下|解释一?下|说说|讲讲|聊聊|谈谈|推荐|换个话题|什么是|关于)[,，、: ]*)+/;
const TAILS =
  /(?:是什么(?:意思|东西)?|是谁|怎么样|怎么用|怎么办|如何|有(?:哪些|什么).*|为什么.*|多少钱|在哪[里儿]?|有多[高远大长].*|好吗|吗|呢|吧|啊|[?!])+\s*$/;
const CHINESE_CONNECTORS = new Set(['的', '和', '与', '·', '-', '·']);

/** The longest run of words that are no stop words. */
function chineseTopic(sentence: string): string | null {
  const core = sentence.replace(FRAMES, '').replace(TAILS, '').trim();
  const parts = [...WORDS.segment(core)];
  let [best, run, pending] = ['', '', ''];
  let alone = false;
  for (const { segment, isWordLike } of parts) {
    if (CHINESE_CONNECTORS.has(segment) && run !== '') pending = segment;
    else if (isWordLike && !isStopWord(segment.toLowerCase())) {
      run += pending + segment;
      pending = '';
      if (run.length > best.length) best = run;
    } else if (segment.length === 1 && alone && isWordLike) {
      // A name of which the segmenter knows only parts: 华 and 为.
      run += segment;
      if (run.length > best.length) best = run;
    } else if (segment.trim() !== '' || !/[a-z0-9]$/i.test(run)) [run, pending] = ['', ''];
    else pending = segment;
    alone = run.length === 1;
  }
  return best === '' ? null : best;
}

function shortened(topic: string): string {
  const text = topic.trim();
  return text.length <= LONGEST_TOPIC
    ? text
    : text
        .slice(0, LONGEST_TOPIC)
        .replace(/\s+\S*$/, '')
        .toWellFormed();
}
