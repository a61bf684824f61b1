/** What a text has in common with a context: runs of words and of characters, by look-up tables of the context. */
import { isCjk } from '#core/text/words.ts';
import type { Context } from './context.ts';

const share = (part: number, whole: number): number => (whole === 0 ? 1 : part / whole);

/** The share of word n-grams that the context contains; each counts once. */
export function gramShare(words: readonly string[], context: Context, length: 2 | 3): number {
  const own = new Set<string>();
  let found = 0;
  for (let at = 0; at + length <= words.length; at += 1) {
    const pair = `${words[at]} ${words[at + 1]}`;
    const gram = length === 2 ? pair : `${pair} ${words[at + 2]}`;
    if (own.has(gram)) continue;
    own.add(gram);
    if (hasGram(words, at, length, context)) found += 1;
  }
  return share(found, own.size);
}

/** True if the context has the `length` words from `at` on in a row: looked for where the rarest of them stands. */
function hasGram(words: readonly string[], at: number, length: 2 | 3, context: Context): boolean {
  const { places } = indexOf(context);
  let rarest: readonly number[] | undefined;
  let offset = 0;
  for (let place = 0; place < length; place += 1) {
    const those = places.get(words[at + place] as string);
    if (those === undefined) return false;
    if (rarest !== undefined && those.length >= rarest.length) continue;
    rarest = those;
    offset = place;
  }
  return (rarest ?? []).some((place) => {
    for (let next = 0; next < length; next += 1)
      if (context.sequence[place - offset + next] !== words[at + next]) return false;
    return true;
  });
}

/** Window in characters, about one word: five in Latin text, three in Chinese. */
const WINDOW = { cjk: 3, other: 5 };
const windowOf = ({ text }: Context): number => (isCjk(text) ? WINDOW.cjk : WINDOW.other);
function windows(text: string, length: number): string[] {
  const found: string[] = [];
  for (let at = 0; at + length <= text.length; at += 1) found.push(text.slice(at, at + length));
  return found;
}

/** Of so few windows each is looked for: a list of all that the context has would take longer. */
const FEW_WINDOWS = 200;

/** How many of the windows a text has. Where it has one, it mostly has the next one beside it. */
function countIn(own: readonly string[], text: string): number {
  let found = 0;
  let at = -1;
  for (const window of own) {
    at = at >= 0 && text.startsWith(window, at + 1) ? at + 1 : text.indexOf(window);
    if (at >= 0) found += 1;
  }
  return found;
}

export function characterShare(text: string, context: Context): number {
  const own = windows(text.toLowerCase(), windowOf(context));
  if (own.length <= FEW_WINDOWS) return share(countIn(own, context.lower), own.length);
  const there = indexOf(context).windows;
  return share(own.filter((window) => there.has(window)).length, own.length);
}

/** The most words in a row that the context has in a row too. */
export function longestRun(words: readonly string[], context: Context): number {
  const { places } = indexOf(context);
  let best = 0;
  let before = new Map<number, number>();
  for (const word of words) {
    const now = new Map<number, number>();
    const those = places.get(word) ?? [];
    for (let place = 0; place < those.length && place < MOST_PLACES; place += 1) {
      const at = those[place] as number;
      const length = (before.get(at - 1) ?? 0) + 1;
      now.set(at, length);
      if (length > best) best = length;
    }
    before = now;
  }
  return best;
}

/** Look-up tables of a context, built at first use. */
interface ContextIndex {
  readonly windows: ReadonlySet<string>;
  readonly places: ReadonlyMap<string, readonly number[]>;
}
const indexes = new WeakMap<Context, ContextIndex>();

function indexOf(context: Context): ContextIndex {
  const known = indexes.get(context);
  if (known) return known;
  const places = new Map<string, number[]>();
  for (const [at, word] of context.sequence.entries()) {
    const list = places.get(word);
    if (list === undefined) places.set(word, [at]);
    else list.push(at);
  }
  let all: ReadonlySet<string> | undefined;
  const index: ContextIndex = {
    get windows() {
      all ??= new Set(windows(context.lower, windowOf(context)));
      return all;
    },
    places,
  };
  indexes.set(context, index);
  return index;
}
/** Places of a word that runs are followed from: of `the` there are thousands, and a run of words has others. */
const MOST_PLACES = 200;
