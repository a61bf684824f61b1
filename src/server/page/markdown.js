import { Marked } from './marked.js';

/** Longer texts are shown as they are: reading them would hold the page. */
const LONGEST = 30_000;
/** Formulas in brackets that a text may open: each is looked for to its end, over the next thousands of characters. */
const MOST_FORMULAS = 300;
const MATH =
  /^(?:\$\$[^$]{1,800}?\$\$|\$(?!\s)[^$\n]{0,999}?[^\s$\\]\$(?!\d)|\\\([\s\S]{1,400}?\\\)|\\\[[\s\S]{1,800}?\\\])/;
const MATH_BLOCK = /^(?:\$\$[^$]{1,800}?\$\$|\\\[[\s\S]{1,800}?\\\])[ \t]*(?:\n|$)/;
/** Between Chinese words and punctuation too, where CommonMark has no end of an emphasis: **注意：**请… */
const STRONG = /^\*\*(?![\s*])([^*\n]{0,999}?[^\s*])\*\*(?!\*)/;

const startOf = (pattern) => (source) => {
  const at = source.search(pattern);
  return at < 0 ? undefined : at;
};
const math = (name, level, pattern, start) => ({
  ...{ name, level, start: startOf(start) },
  tokenizer(source) {
    const raw = pattern.exec(source)?.[0];
    return raw && { type: 'math', raw, text: raw.trimEnd(), level };
  },
});
const reader = new Marked({
  gfm: true,
  tokenizer: {
    /** 5~10 is a range; ~~10~~ is struck out. */
    del: (source) => (source.startsWith('~~') ? false : undefined),
  },
}).use({
  extensions: [
    math('mathBlock', 'block', MATH_BLOCK, /\$\$|\\\[/),
    math('math', 'inline', MATH, /\$|\\[([]/),
    {
      ...{ name: 'strongAnywhere', level: 'inline', start: startOf(/\*\*/) },
      tokenizer(source) {
        const [raw, text] = STRONG.exec(source) ?? [];
        return raw && { type: 'strong', raw, text, tokens: this.lexer.inlineTokens(text) };
      },
    },
  ],
});

/** The tokens of a text in Markdown. Undefined for a text that says the same as it stands, and for one that cannot be read. */
export function markdownOf(text) {
  if (text.length > LONGEST || text.includes('\r') || opened(text) > MOST_FORMULAS) return undefined;
  try {
    const tokens = reader.lexer(text);
    return tokens.every(isPlain) ? undefined : tokens;
  } catch {
    return undefined; // nested too deeply
  }
}

const opened = (text) => text.match(/\\[([]/g)?.length ?? 0;

const isPlain = ({ type, tokens = [] }) =>
  type === 'space' || (type === 'paragraph' && tokens.every((token) => token.type === 'text'));
