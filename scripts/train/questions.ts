import { sentences } from '../../src/core/text/sentences.ts';
import { seeded } from '../../test/support/random.ts';
import { jsonLines } from './lines.ts';
import { judgedAnswers } from './quality-sets.ts';

/** A question with a response that answers it (1), or one to another question (0). */
export interface Asked {
  readonly set: string;
  readonly query: string;
  readonly response: string;
  readonly context: readonly string[] | null;
  readonly label: 0 | 1;
  /** For a response to another question: true if that question is about the same passage. */
  readonly near: boolean;
}

interface Question {
  readonly query: string;
  readonly relevant: Readonly<Record<string, number>>;
  readonly answer?: string;
  readonly answers?: readonly string[];
  readonly answer_start?: number;
}
type Part = <T>(lines: readonly T[]) => T[];

const RETRIEVAL_SETS = ['retrieval_xquad_en', 'retrieval_xquad_zh', 'retrieval_cmrc2018_zh'];
const SEED = 11;
/** The share of questions about the same passage that is used: their responses are half right. */
const NEAR_SHARE = 0.3;

/** Questions with right and wrong responses, out of one half of the lines of each set; the same ones each time. */
export function askedQuestions(folder: string, part: Part): Asked[] {
  const random = seeded(SEED);
  const any = (list: readonly string[]) => list[Math.floor(random() * list.length)] as string;
  const found: Asked[] = [];
  for (const set of RETRIEVAL_SETS) {
    const passages = new Map(
      jsonLines<{ readonly id: string; readonly text: string }>(folder, `${set}/corpus.jsonl`).map(({ id, text }) => [
        id,
        text,
      ]),
    );
    const questions = part(jsonLines<Question>(folder, `${set}/dev.jsonl`));
    const article = (question: Question) => (Object.keys(question.relevant)[0] as string).replace(/-.*|_QUERY.*/, '');
    for (const question of questions) {
      const id = Object.keys(question.relevant)[0] as string;
      const passage = passages.get(id) ?? '';
      const answer = question.answer ?? question.answers?.[0] ?? '';
      const sentence = around(passage, question.answer_start ?? passage.indexOf(answer));
      const far = any(questions.filter((other) => article(other) !== article(question)).map(({ query }) => query));
      const same = questions.filter((other) => other !== question && id in other.relevant).map(({ query }) => query);
      for (const [response, context] of [
        [sentence, null],
        [sentence, [passage]],
        [answer, [passage]],
        [answer, null],
      ] as const) {
        found.push({ set, query: question.query, response, context, label: 1, near: false });
        found.push({ set, query: far, response, context, label: 0, near: false });
        if (same.length > 0 && random() < NEAR_SHARE)
          found.push({ set, query: any(same), response, context, label: 0, near: true });
      }
    }
  }
  const judged = judgedAnswers(folder);
  for (const set of ['mtrag', 'halluqa'] as const) {
    const lines = part(judged.get(set) ?? []);
    for (const { query, response, context } of lines) {
      const other = any(lines.map((line) => line.query).filter((another) => another !== query));
      for (const sources of set === 'mtrag' ? [null, context] : [null]) {
        found.push({ set, query, response, context: sources, label: 1, near: false });
        found.push({ set, query: other, response, context: sources, label: 0, near: false });
      }
    }
  }
  return found;
}

function around(passage: string, place: number): string {
  const span = sentences(passage).find(({ start, end }) => start <= place && place < end);
  return span ? passage.slice(span.start, span.end) : passage;
}
