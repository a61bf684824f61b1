import { expect, test } from 'vitest';
import { chooseSentences } from '../src/adapters/models/choose-sentences.ts';
import { cleanText, decodeText } from '../src/adapters/parsers/decode.ts';
import { jointOf, wordsIn } from '../src/adapters/parsers/hyphens.ts';
import { parseMail } from '../src/adapters/parsers/mail.ts';
import { limitsOf } from '../src/adapters/parsers/options.ts';
import { pageNumberOf } from '../src/adapters/parsers/page-number.ts';
import { parseRtf } from '../src/adapters/parsers/rtf.ts';
import { parseData, parseTextual } from '../src/adapters/parsers/text.ts';
import { firstHeading, realTitle } from '../src/adapters/parsers/titles.ts';
import { isStatement } from '../src/core/text/statements.ts';
import { comparableWords, negatedWords, numbersIn } from '../src/core/text/words.ts';
import { cite } from '../src/core/turn/citations.ts';
import type { Passage } from '../src/core/turn.ts';
import { tokensOf } from '../src/plugins/intent/classifier/tokens.ts';
import { actFeatures } from '../src/plugins/intent/dialogue/acts.ts';
import { contextFeatures, refersToItself } from '../src/plugins/intent/dialogue/context-features.ts';
import { cuesOf } from '../src/plugins/intent/dialogue/cues.ts';
import { pastOf } from '../src/plugins/intent/dialogue/past.ts';
import { shiftFeatures } from '../src/plugins/intent/dialogue/shift-features.ts';
import { antecedentOf, standaloneOf, withTopic } from '../src/plugins/intent/dialogue/standalone.ts';
import { topicOf } from '../src/plugins/intent/dialogue/topic.ts';
import { typeFeatures } from '../src/plugins/intent/dialogue/types.ts';
import { capitalisedWords, isName, mayBeName, placesIn } from '../src/plugins/quality/facts/names.ts';
import { quantitiesIn } from '../src/plugins/quality/facts/quantities.ts';
import { judgeOffline } from '../src/plugins/quality/judge.ts';
import type { Judged } from '../src/plugins/quality/judgement.ts';
import { isAbout } from '../src/plugins/quality/suggestions.ts';
import { analyse, readingOf } from '../src/plugins/retrieval/analysis/passage-analysis.ts';
import { queryTerms, searchTokens } from '../src/plugins/retrieval/analysis/query-terms.ts';
import { splitDocument } from '../src/plugins/retrieval/chunking/index.ts';
import { kindOf } from '../src/plugins/retrieval/chunking/kinds.ts';
import { highlightsOf } from '../src/plugins/retrieval/ranking/highlights.ts';
import { matchPassage } from '../src/plugins/retrieval/ranking/match.ts';
import { growsFasterThanInput } from './support/growth.ts';
import { rounds } from './support/rounds.ts';

/** Repeated parts of a hostile text, alone and with another end, at which a pattern backtracks. */
const REPEATED = [
  ...' \n\t\f\u00a0\u200b\u3000#=~`|.,:…·。「(){"\'\\aAIi1_+é一参圖ー가😀\ud83d\ufffd\u2581<&',
  ...'\n ◆\r\n◆# ◆#\n◆* ◆*\n◆- ◆= ◆| ◆|a◆. ◆.\n◆: ◆?"◆""◆((A◆[1◆[1,◆[a](#◆}\n\n◆a ◆a\n◆a.◆a-◆aA◆A.◆A B◆I.◆1.◆1. ◆1\n◆1,000◆0x'.split(
    '◆',
  ),
  ...'e\u0301◆一.◆一、◆第一◆参 ◆考 ◆of the ◆not ◆et al. ◆MUST ◆Abstract\n◆references ◆1 Introduction\n◆---\n◆title:'.split(
    '◆',
  ),
  ...'<a◆<a ◆<a>◆<b>a</b>◆<br>◆<!--◆<!---->◆--><!--◆<meta charset=◆<?xml ◆&amp;◆/*◆//◆ * ◆x = 1;\n◆if (◆@a\n◆"a": ◆{"a":['.split(
    '◆',
  ),
  ...'very ◆so ◆and ◆in the ◆it ◆that is ◆what are you ◆how do you ◆吗 ◆把一◆哈◆那◆呢 ◆**a◆**a** ◆Anna ◆A-A ◆"s◆’◆“a◆5 km ◆百万◆二〇◆1:◆1/1/'.split(
    '◆',
  ),
  ...'--a\n◆=?utf-8?q?a?= ◆=?a◆a <a>, ◆;a=◆;a*0=a◆(a◆=3D◆\r\n\t◆a:a\n◆--a\nContent-Type: multipart/mixed; boundary=b\n\n'.split(
    '◆',
  ),
];
const ENDS = ['x', '\n\nx!'];
/** Both; in `npm test` one of them, by turns. */
const endsOf = (place: number) => (rounds(1, 2) === 2 ? ENDS : [ENDS[place % 2] as string]);
const hostile = (unit: string, end: string, characters: number): string =>
  unit.repeat(Math.ceil(characters / unit.length)) + end;

const limits = limitsOf({});
const parsing = (name: string) => async (text: string) => {
  const data = await parseData(Buffer.from(text), { name, mediaType: '' }, limits);
  if (!data) return parseTextual(Buffer.from(text), { name, mediaType: '' }, limits);
  for await (const piece of data.pieces) if (piece.length < 0) return;
  return;
};
const splitting =
  (title: string, kind: 'GENERAL' | 'ACADEMIC' | 'CODE', splitter: 'structure' | 'recursive') => (text: string) =>
    splitDocument({ text, title, mediaType: 'text/plain', kind, splitter });
const passage = (text: string): Passage => ({
  ...{ id: 'p', documentId: 'd', documentTitle: 't', text, heading: null },
  ...{ start: 0, end: text.length, score: 1, vectorScore: null, keywordScore: 1 },
});
const QUESTION = 'When did the first of the 12 files of A. B. not stand open? 第一';
const terms = queryTerms(QUESTION, () => 1);

const PAST = pastOf([
  { role: 'USER', content: 'Who built the old bridge?' },
  { role: 'ASSISTANT', content: 'Anna Meyer built it in 1932.' },
]);
const judging = (given: Partial<Judged>) =>
  judgeOffline({
    ...{ query: 'Who built the bridge?', response: 'Anna built it in 1932.', history: '' },
    context: ['The bridge was built by Anna Meyer in 1932.'],
    ...given,
  });

const WORK: Readonly<Record<string, (text: string) => unknown>> = {
  'the detector of kinds': (text) => kindOf('a', 'text/plain', text),
  'the splitter by structure': splitting('a', 'GENERAL', 'structure'),
  'the splitter of papers': splitting('a', 'ACADEMIC', 'structure'),
  'the splitter of code without a grammar': splitting('a', 'CODE', 'structure'),
  'the recursive splitter': splitting('a', 'GENERAL', 'recursive'),
  'the tokenizer': (text) => analyse({ documentTitle: text, heading: text, text }),
  'the tokens of a query': (text) => [searchTokens(text), queryTerms(text, () => 1)],
  'the words that are compared': (text) => [comparableWords(text), negatedWords(text), numbersIn(text)],
  'the judge of statements': isStatement,
  'citations of a passage': (text) => cite('The first of the 12 files is open. 第一。', [passage(text)]),
  'citations in an answer': (text) => cite(text, [passage('The first of the 12 files is open. 第一。')]),
  'the second stage': (text) =>
    highlightsOf(matchPassage(readingOf(text, analyse({ documentTitle: 't', heading: null, text })), terms), terms),
  'the built-in answerer': (text) => chooseSentences(QUESTION, [passage(text)], false),
  'the cleaner of texts': cleanText,
  'the parser of plain text': parsing('a.txt'),
  'the parser of Markdown': parsing('a.md'),
  'the parser of HTML': parsing('a.html'),
  'the parser of CSV': parsing('a.csv'),
  'the parser of JSON': parsing('a.json'),
  'the parser of notebooks': parsing('a.ipynb'),
  'the parser of Rich Text': (text) => parseRtf(Buffer.from(`{\\rtf1 ${text}`), limits),
  'the guess of an encoding': (text) =>
    decodeText(Buffer.concat([Buffer.from(text), Buffer.from([0xe9])]), 100_000_000),
  'the lines of pages': (text) => pageNumberOf(text, 3),
  'the joints of lines': (text) => [wordsIn([text]), jointOf(text, text, new Set())],
  titles: (text) => [realTitle(text), firstHeading(text)],
  'the parser of a file without a name': parsing(''),
  'the parser of mail, in its header': (text) => parseMail(Buffer.from(`Subject: ${text}\nFrom: ${text}\n\nx`), limits),
  'the parser of mail, between its parts': (text) =>
    parseMail(Buffer.from(`Subject: a\nContent-Type: multipart/mixed; boundary=a\n\n--a\n${text}\n--a--`), limits),
  'the phrases of intents': cuesOf,
  'the words of intents': (text) => [tokensOf(text), contextFeatures(text, PAST), shiftFeatures(text, PAST)],
  'the types of intents': (text) => [typeFeatures(text, PAST), actFeatures(text, PAST)],
  'the topic of a message': topicOf,
  'what a message refers to': (text) => [
    refersToItself(text),
    standaloneOf(text, PAST, 'the bridge'),
    withTopic(text, PAST, 'the bridge'),
  ],
  'the history of intents': (text) => {
    const past = pastOf([{ role: 'USER', content: text }]);
    return [antecedentOf(past, null), standaloneOf('And how old is it?', past, null), contextFeatures('And it?', past)];
  },
  'the judge of a question': (text) => judging({ query: text }),
  'the names in an answer': (text) => [capitalisedWords(text), placesIn(text), mayBeName(text), isName(text)],
  'the quantities in an answer': quantitiesIn,
  'the suggestions for an answer': (text) => isAbout(text, { text: 'x' }),
};

test.each(Object.keys(WORK))(
  '%s takes time in proportion to the text, whatever it repeats',
  {
    timeout: 180_000,
  },
  async (name) => {
    const work = WORK[name] as (text: string) => unknown;
    const attempt = async (text: string) => {
      try {
        return await work(text);
      } catch {
        // Refused files were read too.
        return undefined;
      }
    };
    const slow: string[] = [];
    for (const [place, unit] of REPEATED.entries())
      for (const end of endsOf(place))
        if (await growsFasterThanInput((n) => attempt(hostile(unit, end, n))))
          slow.push(JSON.stringify(`${unit}…${end}`));
    expect(slow).toEqual([]);
  },
);
