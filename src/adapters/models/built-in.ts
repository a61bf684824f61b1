import type { LanguageModel, ModelRequest } from '#core/ports/language-model.ts';
import { sentences } from '#core/sentences.ts';
import type { Highlight, Passage } from '#core/turn.ts';
import { comparableWords, isCjk } from '#core/words.ts';

/** Of a question's weight, the least that a sentence must hold to be an answer, and what a further one must. */
const RELEVANT = 0.34;
const ALSO_RELEVANT = 0.75;
const MOST_SENTENCES = 3;
/** How much the passage's own rank counts beside the sentence's. */
const PASSAGE_WEIGHT = 0.3;

interface Candidate {
  readonly passage: Passage;
  readonly highlight: Highlight;
  readonly score: number;
}

const WORDS = {
  en: {
    frame: (title: string) => `From “${title}”:`,
    nothing: 'Your documents do not seem to say anything about this.',
    empty: 'There are no documents to answer from yet.',
    help: 'Add a text that does, or set MODEL_BALANCED so that a language model can answer.',
    notice:
      'No language model is configured, so the above is quoted from your documents; set MODEL_BALANCED to get full answers.',
  },
  zh: {
    frame: (title: string) => `根据《${title}》：`,
    nothing: '您的文档中似乎没有相关内容。',
    empty: '目前还没有可供回答的文档。',
    help: '请添加包含相关内容的文本，或设置 MODEL_BALANCED 以使用语言模型。',
    notice: '当前未配置语言模型，以上内容摘自您的文档；设置 MODEL_BALANCED 可获得完整回答。',
  },
};

/**
 * The model where none is configured: quotes the one to three sentences of the viewer's passages that answer best, word for
 * word, and says so. It makes nothing up, and takes nothing that a document says for an instruction.
 */
export function builtInAnswerer(): LanguageModel {
  return {
    name: 'built-in:extractive',
    async *stream(request, signal) {
      const answer = answerTo(request);
      for (const text of inPieces(answer)) {
        signal.throwIfAborted();
        yield { type: 'text-delta', text };
        await new Promise((resolve) => setImmediate(resolve));
      }
      yield { type: 'usage', inputTokens: 0, outputTokens: 0 };
    },
  };
}

function answerTo({ query, messages, passages }: ModelRequest): string {
  const words = isCjk(query) ? WORDS.zh : WORDS.en;
  const chosen = choose(query, passages);
  if (chosen.length === 0) return `${passages.length === 0 ? words.empty : words.nothing} ${words.help}`;
  const quotations = grouped(chosen).map(
    ([passage, highlights]) =>
      `${words.frame(passage.documentTitle)}\n${highlights.map(({ start, end }) => passage.text.slice(start, end)).join('\n')}`,
  );
  const first = !messages.some(({ role }) => role === 'ASSISTANT');
  return [...quotations, ...(first ? [words.notice] : [])].join('\n\n');
}

function choose(query: string, passages: readonly Passage[]): Candidate[] {
  const candidates = passages
    .flatMap((passage) =>
      (passage.highlights ?? overlaps(query, passage)).map((highlight) => ({
        passage,
        highlight,
        score: highlight.score + PASSAGE_WEIGHT * passage.score,
      })),
    )
    .sort((a, b) => b.score - a.score);
  const best = candidates[0];
  if (!best || best.highlight.score < RELEVANT) return [];
  return candidates
    .filter(({ highlight }) => highlight.score >= best.highlight.score * ALSO_RELEVANT)
    .slice(0, MOST_SENTENCES);
}

/** For passages that come without highlights: the share of the question's words that each sentence holds. */
function overlaps(query: string, { text }: Passage): Highlight[] {
  const asked = new Set(comparableWords(query));
  return sentences(text).map((span) => {
    const held = new Set(comparableWords(text.slice(span.start, span.end)));
    return { ...span, score: [...asked].filter((word) => held.has(word)).length / Math.max(1, asked.size) };
  });
}

/** By passage, best passage first; within one in the order of the text. */
function grouped(chosen: readonly Candidate[]): [Passage, Highlight[]][] {
  const groups = new Map<Passage, Highlight[]>();
  for (const { passage, highlight } of chosen) groups.set(passage, [...(groups.get(passage) ?? []), highlight]);
  return [...groups].map(([passage, highlights]) => [passage, highlights.sort((a, b) => a.start - b.start)]);
}

/** Words with the space after them; of Chinese, three characters. Whole characters always. */
function inPieces(text: string): string[] {
  return text.match(/[\p{Script=Han}。，；：！？《》、]{1,3}|[^\s\p{Script=Han}]+\s*|\s+/gu) ?? [];
}
