import type { ModelPart } from '#core/ports/language-model.ts';

/** Tags at the start of an answer, in any case, that begin reasoning: DeepSeek-R1, Qwen3 and others, if their server does not separate it. */
const OPENINGS = ['<think>', '<thinking>'];

/** UTF-16 code units of white space that are held back at most: each push costs no more than this and what it brings. */
const MOST_HELD = 64;

/**
 * Separates reasoning in tags at the start of an answer from the answer. Tags at any other place are text: an
 * answer may be about them. Holds back only a possible start of a tag, and white space around the reasoning.
 */
export class ThinkTags {
  #state: 'beginning' | 'reasoning' | 'gap' | 'answer' = 'beginning';
  #held = '';
  #closing = '';
  /** The same in any case. */
  #closingTag = /$^/;
  #hasReasoned = false;

  /** The parts that a piece of the model's text completes. */
  push(text: string): ModelPart[] {
    if (this.#state === 'answer') return text === '' ? [] : [{ type: 'text-delta', text }];
    this.#held += text;
    const parts: ModelPart[] = [];
    if (this.#state === 'beginning') this.#begin(parts);
    if (this.#state === 'reasoning') this.#reason(parts);
    if (this.#state === 'gap') this.#skipGap(parts);
    return parts;
  }

  /** Returns the text that was held back, when the model has ended. */
  end(): ModelPart[] {
    const held = this.#held;
    this.#held = '';
    if (held === '' || this.#state === 'gap') return [];
    return [{ type: this.#state === 'reasoning' ? 'reasoning-delta' : 'text-delta', text: held }];
  }

  #begin(parts: ModelPart[]): void {
    const begun = this.#held.trimStart();
    const lower = begun.slice(0, MOST_HELD).toLowerCase();
    const opening = OPENINGS.find((tag) => lower.startsWith(tag));
    if (opening !== undefined) {
      this.#state = 'reasoning';
      this.#closing = opening.replace('<', '</');
      this.#closingTag = new RegExp(this.#closing, 'i');
      this.#held = begun.slice(opening.length);
    } else if (this.#held.length > MOST_HELD || !OPENINGS.some((tag) => tag.startsWith(lower))) {
      this.#state = 'answer';
      parts.push({ type: 'text-delta', text: this.#held });
      this.#held = '';
    }
  }

  #reason(parts: ModelPart[]): void {
    if (!this.#hasReasoned) this.#held = this.#held.trimStart();
    const end = this.#held.search(this.#closingTag);
    const safe = end < 0 ? this.#held.length - this.#tailLength() : end;
    const reasoning = end < 0 ? this.#held.slice(0, safe) : this.#held.slice(0, safe).trimEnd();
    this.#hasReasoned ||= reasoning !== '';
    if (reasoning !== '') parts.push({ type: 'reasoning-delta', text: reasoning });
    this.#held = end < 0 ? this.#held.slice(safe) : this.#held.slice(end + this.#closing.length);
    if (end >= 0) this.#state = 'gap';
  }

  /** Length of the end that may belong to the closing tag or to the white space before it. */
  #tailLength(): number {
    const open = this.#held.lastIndexOf('<');
    const isTag = open >= 0 && this.#closing.startsWith(this.#held.slice(open).toLowerCase());
    const certain = this.#held.slice(0, isTag ? open : undefined).trimEnd();
    const tail = this.#held.length - certain.length;
    return tail > MOST_HELD ? this.#held.length - (isTag ? open : this.#held.length) : tail;
  }

  #skipGap(parts: ModelPart[]): void {
    const text = this.#held.trimStart();
    this.#held = '';
    if (text === '') return;
    this.#state = 'answer';
    parts.push({ type: 'text-delta', text });
  }
}
