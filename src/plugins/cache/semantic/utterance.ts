/** A message as the gates read it. */
import { isCjk } from '#core/text/words.ts';
import { folded, formalSigns, normalised } from '../spelling.ts';
import { chineseForm } from './chinese.ts';
import { englishTokens, type Utterance } from './english.ts';
import { PREPOSITIONS } from './english-words.ts';

export interface Message {
  readonly text: string;
  /** Messages of different ones are never compared. Latin: English, or words of another language that are compared as they are. */
  readonly language: 'LATIN' | 'CHINESE' | 'OTHER';
  /** Equal for messages that say the same in nearly the same words. */
  readonly form: string;
  /** Of a message in Latin script. */
  readonly utterance: Utterance | null;
  /** Of a message with a formula or code: see formalSigns(). */
  readonly signs?: string | null;
}

/** UTF-16 code units: a longer message is answered by the exact level alone. */
export const LONGEST = 4_000;
/** A message with this share of Chinese letters is Chinese. */
const CHINESE_SHARE = 0.2;

export function readMessage(text: string): Message {
  const language = languageOf(text);
  const signs = formalSigns(text);
  if (signs !== null) {
    const utterance = language === 'LATIN' ? englishTokens(text) : null;
    return { text, language, form: `formal ${normalised(text)}`, utterance, signs };
  }
  if (language === 'CHINESE') {
    const form = chineseForm(text);
    return { text, language, form: form === '' ? asIs(text) : `zh ${form}`, utterance: null };
  }
  if (language === 'OTHER') return { text, language, form: asIs(text), utterance: null };
  const utterance = englishTokens(text);
  if (utterance.tokens.length === 0) return { text, language, form: asIs(text), utterance: null };
  return { text, language, form: `en ${formOf(utterance)}`, utterance };
}

const asIs = (text: string): string => `as is ${folded(text).toLowerCase().replace(/\s+/gu, ' ').trim()}`;

function languageOf(text: string): Message['language'] {
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  const han = text.match(/\p{Script=Han}/gu)?.length ?? 0;
  if (/[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u.test(text)) return 'OTHER';
  if (han > CHINESE_SHARE * letters) return 'CHINESE';
  return isCjk(text) || /[^\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}\p{Script=Greek}]/u.test(text)
    ? 'OTHER'
    : 'LATIN';
}

/** The words by the preposition that governs them: a phrase may stand elsewhere. */
const formOf = ({ tokens }: Utterance): string =>
  tokens.map(({ text, kind }) => (kind === 'MARKER' && PREPOSITIONS.has(text) ? `(${text})` : text)).join(' ');
