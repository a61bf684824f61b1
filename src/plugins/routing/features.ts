/** The features of a question's difficulty: cues that a person can follow, and its words. */

export interface Cues {
  /** 0..1: how long the question is; .5 at about 60 English words or 100 Chinese characters. */
  readonly length: number;
  /** Sentences, questions and numbered steps beyond the first, 0..1. */
  readonly steps: number;
  /** Numbers, formulas and quantities, 0..1. */
  readonly mathematics: number;
  /** Code or the name of a programming task, 0..1. */
  readonly code: number;
  /** Reasons, proofs, comparisons, designs asked for, 0..1. */
  readonly reasoning: number;
  /** Conditions that an answer must meet, 0..1. */
  readonly constraints: number;
}

const CJK = /[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/gu;
/** UTF-16 code units that are read: what stands later changes nothing any more. */
const READ = 20_000;

const STEPS = /[.!?。！？；;](?=\s|$|[\u3400-\u9fff])|^\s{0,4}(?:[-*•]|\d{1,2}[.)、])\s/gmu;
const NUMBERS = /\d+(?:[.,]\d+)*/gu;
const FORMULA = /[=+*/^<>≤≥≠√∑∫∂π]|\\[a-z]{2,12}/gu;
const MATHEMATICS =
  /\b(?:prove|derivative|integral|equation|probability|matrix|theorem|percent|average|ratio|how (?:many|much)|calculate|solve)\b|[证證]明|方程|概率|機率|[导導][数數]|[积積]分|矩[阵陣]|[计計]算|求解|多少|平均|確率|微分|계산|확률|증명/giu;
const CODE =
  /```|[{};]\s*$|\b(?:function|class|def|return|import|const|select .{1,80} from|algorithm|implement|refactor|debug|regex|sql|api|python|javascript|typescript|java|rust|golang)\b|代[码碼]|程式碼?|算法|演算法|函[数數]|[实實][现現]一[个個]|重[构構]|[调調][试試]|除錯|[编編]程|[数數]据库|資料庫|コード|アルゴリズム|関数|実装|データベース|코드|알고리즘|함수|구현|데이터베이스/gimu;
const REASONING =
  /\b(?:why|explain|compare|contrast|analy[sz]e|evaluate|trade-?offs?|design|plan|strategy|argue|critique|derive|prove|justify|implications?|step by step|pros and cons|in depth|in detail)\b|[为為]什[么麼]|解[释釋]|比[较較]|[对對]比|分析|[评評]估|[权權]衡|[设設][计計]|方案|策略|[论論][证證]|推[导導]|[证證]明|[优優]缺[点點]|[详詳][细細]|逐步|原理|なぜ|説明して|評価|導出|長所と短所|詳しく|段階的|왜|설명해|비교|분석|평가|설계|장단점|자세히|단계별/giu;
const CONSTRAINTS =
  /\b(?:must|should|at (?:least|most)|no more than|without|except|only|exactly|ensure|assume|given that|such that|if .{1,80} then|taking into account|constraints?)\b|必[须須]|[应應][该該]|至少|至多|不超[过過]|除了|只能|[确確]保|假[设設]|如果|要求|[条條]件|考[虑慮]到|[约約]束|なければなりません|必ず|以上で|以下で|仮定|반드시|이상|이하|가정/giu;

const saturating = (count: number, half: number): number => count / (count + half);
const countOf = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;

export function cuesOf(question: string): Cues {
  const text = question.slice(0, READ);
  const wide = countOf(text, CJK);
  const words = (text.match(/[\p{L}\p{N}]+/gu)?.length ?? 0) + wide * 0.6;
  return {
    length: saturating(words, 60),
    steps: saturating(Math.max(0, countOf(text, STEPS) - 1), 4),
    mathematics: saturating(
      countOf(text, NUMBERS) * 0.5 + countOf(text, FORMULA) * 0.5 + countOf(text, MATHEMATICS) * 1.5,
      5,
    ),
    code: saturating(countOf(text, CODE), 3),
    reasoning: saturating(countOf(text, REASONING), 2),
    constraints: saturating(countOf(text, CONSTRAINTS), 3),
  };
}

/** Lines that begin with the letter of an option: `A.`, `(b)`, `C、`. */
const OPTION = /^\s{0,4}\(?[A-Ga-g][.)、：:]\s?\S/gm;
const LEAST_OPTIONS = 3;

/** True for a question of an exam, with the answers to choose from. */
export const hasOptions = (question: string): boolean => countOf(question.slice(0, READ), OPTION) >= LEAST_OPTIONS;

/** The natural logarithm of the length in UTF-16 code units. */
export const logLength = (question: string): number => Math.log1p(question.length);

export const BUCKETS = 16_384;

/** The question's words and pairs of Chinese characters, hashed into buckets, each once: FNV-1a, public domain. */
export function bucketsOf(question: string): ReadonlySet<number> {
  const buckets = new Set<number>();
  for (const word of question
    .slice(0, READ)
    .toLowerCase()
    .match(/[a-z]+|\d|[\u3400-\u9fff]{1,2}/gu) ?? []) {
    let hash = 0x811c9dc5;
    for (let index = 0; index < word.length; index += 1)
      hash = Math.imul(hash ^ word.charCodeAt(index), 0x01000193) >>> 0;
    buckets.add(hash % BUCKETS);
  }
  return buckets;
}
