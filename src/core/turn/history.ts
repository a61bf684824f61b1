/** Which of the messages before a question a model is shown: the newest that fit, by tokens. */
import type { ChatMessage, Turn } from '../turn.ts';
import { estimateTokens } from './token-estimate.ts';

/** Of UTF-8, by the same rule of thumb: what the store bounds its reading by. Chinese takes 3 bytes to a token. */
export const BYTES_PER_TOKEN = 4;
/** Of a model's context, what history may take: the rest is for the instructions, the passages, the question and its answer. */
const SHARE_OF_CONTEXT = 0.5;
/** A message that does not fit alone is shown with this in place of its middle. */
const LEFT_OUT = '\n[…]\n';

/** Tokens of history that a model is shown, given what HISTORY_TOKENS says and what the model can take. */
export const historyBudget = (historyTokens: number, contextTokens: number | null): number =>
  Math.min(historyTokens, Math.floor((contextTokens ?? Number.POSITIVE_INFINITY) * SHARE_OF_CONTEXT));

export interface ShownHistory {
  /** Oldest first. */
  readonly messages: readonly ChatMessage[];
  readonly summary: string | null;
  /** Estimated; of both. */
  readonly tokens: number;
}

/** The summary, and the newest messages that fit beside it. The newest one is shown cut where it does not fit alone. */
export function shownHistory({ history, summary }: Pick<Turn, 'history' | 'summary'>, budget: number): ShownHistory {
  const summaryTokens = summary === null ? 0 : estimateTokens(summary);
  const shown = budget > summaryTokens ? summary : null;
  let left = shown === null ? budget : budget - summaryTokens;
  const messages: ChatMessage[] = [];
  for (const message of history.toReversed()) {
    const tokens = estimateTokens(message.content);
    if (tokens > left) {
      if (messages.length === 0 && left > 0) messages.push({ ...message, content: shortened(message.content, left) });
      break;
    }
    left -= tokens;
    messages.unshift(message);
  }
  const tokens = messages.reduce(
    (sum, { content }) => sum + estimateTokens(content),
    shown === null ? 0 : summaryTokens,
  );
  return { messages, summary: shown, tokens };
}

/** Its beginning and its end, at most so many tokens together. */
function shortened(text: string, tokens: number): string {
  // A token has four Latin letters and one CJK character: by this text's own measure.
  const half = Math.floor((text.length * tokens) / estimateTokens(text) / 2);
  const [start, end] = [text.slice(0, half).toWellFormed(), text.slice(text.length - half).toWellFormed()];
  return half > 0 ? `${start}${LEFT_OUT}${end}` : LEFT_OUT.trim();
}

/** The conversation before a turn for a judge: the summary first, then the messages. */
export const whatWasSaid = ({ history, summary }: Pick<Turn, 'history' | 'summary'>): readonly ChatMessage[] =>
  summary === null ? history : [{ role: 'SYSTEM', content: summary }, ...history];

/** For the trace: how much of what came before the model was shown. `before`: messages before the question on its branch. */
export function describeHistory({ messages, summary, tokens }: ShownHistory, before: number): string {
  const shown = `${messages.length} of ${before} earlier messages`;
  return `${shown}${summary === null ? '' : ', and a summary of those before them'}; about ${tokens} tokens`;
}
