import { jsonLines } from './lines.ts';

/** An answer with people's labels, 0..1. Undefined if the set has no such label. */
export interface JudgedAnswer {
  readonly set: 'begin' | 'summedits' | 'qags_cnndm' | 'qags_xsum' | 'mtrag' | 'halluqa';
  readonly query: string;
  readonly history: string;
  readonly context: readonly string[];
  readonly response: string;
  readonly grounded: number;
  readonly complete?: number;
  /** The label of the answer as a whole. */
  readonly good: number;
  /** The domain, if the set has domains. */
  readonly domain?: string;
}

interface Begin {
  readonly knowledge: string;
  readonly message: string;
  readonly response: string;
  readonly label: string;
}
interface SummEdits {
  readonly source: string;
  readonly summary: string;
  readonly label: number;
  readonly domain: string;
}
interface Qags {
  readonly source: string;
  readonly response: string;
  readonly human: number;
}
interface Mtrag {
  readonly history: readonly { readonly text: string }[];
  readonly question: string;
  readonly contexts: readonly string[];
  readonly response: string;
  readonly human: { readonly faithfulness: number; readonly appropriateness: number; readonly completeness: number };
}
interface HalluQA {
  readonly question: string;
  readonly response: string;
  readonly hallucination: number;
  readonly best_answers: readonly string[];
  readonly evidence: string;
}

const SUMMARISE = 'Summarise the text.';

/** All lines of the sets for quality in the folder, in order, so that a line's parity within its set is kept. */
export function judgedAnswers(folder: string): ReadonlyMap<JudgedAnswer['set'], readonly JudgedAnswer[]> {
  const summary = (
    set: JudgedAnswer['set'],
    source: string,
    response: string,
    label: number,
    domain?: string,
  ): JudgedAnswer => ({
    set,
    query: SUMMARISE,
    history: '',
    context: [source],
    response,
    grounded: label,
    good: label,
    ...(domain && { domain }),
  });
  const qags = (name: 'cnndm' | 'xsum') =>
    jsonLines<Qags>(folder, `quality_qags_en/dev_${name}.jsonl`).map((line) =>
      summary(`qags_${name}`, line.source, line.response, line.human),
    );
  return new Map<JudgedAnswer['set'], readonly JudgedAnswer[]>([
    ['begin', jsonLines<Begin>(folder, 'quality_begin_en/dev.jsonl').map(begin)],
    [
      'summedits',
      jsonLines<SummEdits>(folder, 'quality_summedits_en/dev.jsonl').map((line) =>
        summary('summedits', line.source, line.summary, line.label, line.domain),
      ),
    ],
    ['qags_cnndm', qags('cnndm')],
    ['qags_xsum', qags('xsum')],
    ['mtrag', jsonLines<Mtrag>(folder, 'quality_mtrag_en/dev.jsonl').map(mtrag)],
    ['halluqa', jsonLines<HalluQA>(folder, 'quality_halluqa_zh/dev.jsonl').map(halluqa)],
  ]);
}

function begin({ knowledge, message, response, label }: Begin): JudgedAnswer {
  const grounded = label === 'Fully attributable' ? 1 : 0;
  return { set: 'begin', query: message, history: '', context: [knowledge], response, grounded, good: grounded };
}

function mtrag({ history, question, contexts, response, human }: Mtrag): JudgedAnswer {
  return {
    set: 'mtrag',
    query: question,
    history: history.map(({ text }) => text).join('\n'),
    context: contexts,
    response,
    grounded: human.faithfulness,
    complete: human.completeness,
    good: (human.faithfulness + human.appropriateness + human.completeness) / 3,
  };
}

function halluqa({ question, response, hallucination, best_answers, evidence }: HalluQA): JudgedAnswer {
  const context = /^\s*http/.test(evidence) ? best_answers : [...best_answers, evidence];
  const grounded = 1 - hallucination;
  return { set: 'halluqa', query: question, history: '', context, response, grounded, good: grounded };
}
