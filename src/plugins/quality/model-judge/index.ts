import type { HookContext } from '#core/plugin.ts';
import { sentences } from '#core/text/sentences.ts';
import type { Claim } from '../grounding/claims.ts';
import { type Judged, type Judgement, overallFrom } from '../judgement.ts';
import { isAbout } from '../suggestions.ts';
import { claimRequest, readClaim } from './claims.ts';
import { textOf } from './collect.ts';
import { readWhole, type Sentence, wholeRequest } from './whole.ts';

/** Part of the judge's name: raise it with every change of a prompt. */
const VERSION = 1;
/** Claims asked one by one, and how many at once. */
const MOST_CLAIMS = 40;
const AT_ONCE = 4;

export type { Sentence };
export type JudgeForm = 'report' | 'claims';

export interface ModelJudge {
  readonly model: string;
  /** `report`: one question about the whole answer. `claims`: one a claim, for fact-checking models. */
  readonly form: JudgeForm;
}

/** A reply that is no verdict. */
export class Nonsense extends Error {
  override readonly name = 'Nonsense';
}

export const judgeName = ({ model, form }: ModelJudge): string => `${model}/${form}@${VERSION}`;

/** The offline judgement with what the model says in place of it. Throws an AppError of the call, the signal's reason, or Nonsense. */
export function judgeByModel(
  judge: ModelJudge,
  judged: Judged,
  offline: Judgement,
  { ask }: Pick<HookContext, 'ask'>,
  signal: AbortSignal,
): Promise<Judgement> {
  const reply = (request: Parameters<HookContext['ask']>[0]) => textOf(ask(request, { models: [judge.model] }), signal);
  return judge.form === 'claims' ? byClaims(judged, offline, reply) : byReport(judged, offline, reply);
}

type Reply = (request: Parameters<HookContext['ask']>[0]) => Promise<string>;

async function byReport(judged: Judged, offline: Judgement, reply: Reply): Promise<Judgement> {
  const { response } = judged;
  const said = sentences(response).map(
    ({ start, end }): Sentence => ({ start, end, text: response.slice(start, end) }),
  );
  const verdict = readWhole(await reply(wholeRequest(judged, said)), said.length);
  if (!verdict) throw new Nonsense('the judge’s reply is no verdict');
  const { unsupported: indexes, ...scores } = verdict;
  const isGrounded = offline.groundedness !== null;
  const unsupported = isGrounded ? said.filter((_, index) => indexes.has(index)) : [];
  const reasons = [...indexes.values()].filter(Boolean);
  const faithfulness = isGrounded && said.length > 0 ? 1 - unsupported.length / said.length : null;
  return withOverall({
    ...offline,
    ...scores,
    groundedness: faithfulness,
    faithfulness,
    unsupported,
    suggestions: [
      ...new Set([
        ...(isGrounded ? reasons : []),
        ...offline.suggestions.filter((text) => stillTrue(text, offline, unsupported)),
      ]),
    ],
  });
}

async function byClaims(judged: Judged, offline: Judgement, reply: Reply): Promise<Judgement> {
  const claims = offline.claims.slice(0, MOST_CLAIMS);
  if (offline.groundedness === null || claims.length === 0) return offline;
  const verdicts = new Map<Claim, boolean>();
  const waiting = [...claims];
  const work = async () => {
    for (let claim = waiting.shift(); claim; claim = waiting.shift()) {
      const verdict = readClaim(await reply(claimRequest(judged.context ?? [], claim.text)));
      if (verdict === undefined) throw new Nonsense('the judge’s reply is neither yes nor no');
      verdicts.set(claim, verdict);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const unsupported = claims
    .filter((claim) => !verdicts.get(claim))
    .map(({ start, end, text }) => ({ start, end, text }));
  const faithfulness = 1 - unsupported.length / claims.length;
  return withOverall({
    ...offline,
    groundedness: faithfulness,
    faithfulness,
    unsupported,
    suggestions: offline.suggestions.filter((text) => stillTrue(text, offline, unsupported)),
  });
}

const withOverall = (judgement: Judgement): Judgement => ({ ...judgement, overall: overallFrom(judgement) });

/** The rules' suggestions that quote a sentence stand only where the model does not support that sentence either. */
const stillTrue = (suggestion: string, { claims }: Judgement, unsupported: readonly Sentence[]): boolean =>
  !claims.some((claim) => isAbout(suggestion, claim)) || unsupported.some((sentence) => isAbout(suggestion, sentence));
