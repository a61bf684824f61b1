import { setImmediate as breathe } from 'node:timers/promises';
import type { EmbeddingModel } from '#core/ports/embedding-model.ts';
import type { LanguageModel, ModelRequest } from '#core/ports/language-model.ts';
import type { Passage } from '#core/turn.ts';
import { type Chosen, chooseSentences } from './choose-sentences.ts';
import { nearestSentences } from './nearest-sentences.ts';
import { asksForAddress, asksForOtherCode, lacksValue, plainAnswers } from './plain-answers.ts';
import { recordAnswers } from './record-answers.ts';
import { withoutLoneHeaders } from './table-headers.ts';

type Language = 'en' | 'zh';

/** The words around the quotations. A title is text of a document: the answer names it and never obeys it. */
const WORDS: Readonly<
  Record<
    Language,
    {
      frame(title: string): string;
      foreign(title: string, quotation: string): string;
      reading(titles: readonly string[]): string;
      readonly nothing: string;
      readonly notice: string;
    }
  >
> = {
  en: {
    frame: (title) => `From “${title}”:`,
    foreign: (title, quotation) => `From “${title}”, which is in ${KANA.test(quotation) ? 'Japanese' : 'Chinese'}:`,
    reading: (titles) =>
      `I found nothing about this yet: ${titles.map((title) => `“${title}”`).join(', ')} ${titles.length === 1 ? 'is' : 'are'} still being read. Ask again in a moment.`,
    nothing:
      'I found nothing about this in your documents. Add a document that covers it, or ask in other words. No language model is connected, so I can only quote what your documents say.',
    notice: 'No language model is connected, so this answer only quotes your documents.',
  },
  zh: {
    frame: (title) => `根据《${title}》：`,
    foreign: (title) => `根据《${title}》（原文不是中文）：`,
    reading: (titles) =>
      `暂时没有找到相关内容：${titles.map((title) => `《${title}》`).join('、')}仍在读取中，请稍后再问。`,
    nothing:
      '我在您的文档中没有找到相关内容。请添加包含相关内容的文档，或换一种问法。当前没有连接语言模型，我只能摘录您的文档。',
    notice: '当前没有连接语言模型，以上回答仅摘自您的文档。',
  },
};
/** Characters that distinguish Japanese from Chinese. */
const KANA = /[\p{Script=Hiragana}\p{Script=Katakana}]/u;
/** Characters of a title that are shown. */
const LONGEST_TITLE = 80;

/**
 * The model where none is configured: quotes the one to three sentences of the viewer's passages that answer best, word for
 * word, in a short frame in the question's language. It makes nothing up, and what a document tells it to do is only quoted. With the
 * built-in encoder it also finds sentences that say it in other words or in another language.
 */
export function builtInAnswerer(encoder: EmbeddingModel | null = null): LanguageModel {
  return {
    name: 'built-in:extractive',
    usesNoTokens: true,
    async *stream(request, signal) {
      signal.throwIfAborted();
      for (const text of inPieces(await answerTo(request, encoder, signal))) {
        yield { type: 'text-delta', text };
        await breathe();
        signal.throwIfAborted();
      }
      yield { type: 'usage', inputTokens: 0, outputTokens: 0 };
      yield { type: 'finish', reason: 'STOP' };
    },
  };
}

async function answerTo(
  { query, messages, passages, pending = [] }: ModelRequest,
  encoder: EmbeddingModel | null,
  signal: AbortSignal,
): Promise<string> {
  const language = languageOf(query);
  const words = WORDS[language];
  const chosen = asksForOtherCode(query, passages) ? [] : await chosenFrom(query, passages, encoder, signal);
  if (chosen.length === 0) return pending.length > 0 ? words.reading(pending.map(shownTitle)) : words.nothing;
  const quotations = byDocument(chosen).map(({ title, sentences }) => {
    const quotation = sentences.join('\n');
    const isForeign = languageOf(quotation) !== language || (language === 'zh' && KANA.test(quotation));
    return [isForeign ? words.foreign(title, quotation) : words.frame(title), quotation].join('\n');
  });
  const isFirst = !messages.some(({ role }) => role === 'ASSISTANT');
  return [...quotations, ...(isFirst ? [words.notice] : [])].join('\n\n');
}

async function chosenFrom(
  query: string,
  passages: readonly Passage[],
  encoder: EmbeddingModel | null,
  signal: AbortSignal,
): Promise<readonly Chosen[]> {
  const fields = recordAnswers(query, passages);
  if (fields.length > 0) return fields;
  const byWords = withoutLoneHeaders(query, chooseSentences(query, passages, languageOf(query) === 'zh'));
  if (byWords.length > 0 && !lacksValue(query, byWords)) return byWords;
  const plain = withoutLoneHeaders(query, plainAnswers(query, passages));
  if (plain.length > 0) return plain;
  if (asksForAddress(query)) return [];
  if (byWords.length > 0 || !encoder) return byWords;
  return withoutLoneHeaders(query, await byMeaning(query, passages, encoder, signal));
}

/** Without an encoder that answers there are the words alone. */
async function byMeaning(
  query: string,
  passages: readonly Passage[],
  encoder: EmbeddingModel,
  signal: AbortSignal,
): Promise<readonly Chosen[]> {
  try {
    return await nearestSentences(query, passages, (text) => languageOf(text) === 'zh', encoder, signal);
  } catch {
    signal.throwIfAborted();
    return [];
  }
}

/** Chooses by script: Chinese if there are at least as many Han characters as Latin words. */
function languageOf(query: string): Language {
  const han = query.match(/\p{Script=Han}/gu)?.length ?? 0;
  return han > 0 && han >= (query.match(/\p{Script=Latin}+/gu)?.length ?? 0) ? 'zh' : 'en';
}

/** The document of the best sentence first; within one in the order of its text. */
function byDocument(chosen: readonly Chosen[]): { readonly title: string; readonly sentences: readonly string[] }[] {
  const place = ({ passage, start }: Chosen) => passage.start + start;
  return [...Map.groupBy(chosen, ({ passage }) => passage.documentId).values()].map((group) => ({
    title: shownTitle((group[0] as Chosen).passage.documentTitle),
    sentences: group.toSorted((a, b) => place(a) - place(b)).map(({ text }) => text),
  }));
}

function shownTitle(title: string): string {
  const characters = [...title.replace(/\s+/g, ' ').trim()];
  return characters.length > LONGEST_TITLE ? `${characters.slice(0, LONGEST_TITLE).join('')}…` : characters.join('');
}

/** Words with the space after them; of CJK, up to three characters. Joined they are the text again; no character is split. */
function inPieces(text: string): string[] {
  return (
    text.match(
      /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}，。；：！？、《》]{1,3}|[^\s\p{Script=Han}]{1,24}?(?:\s+|(?=[\p{Script=Han}，。；：！？、《》])|$)|[^\s\p{Script=Han}]{1,24}|\s+/gu,
    ) ?? []
  );
}
