/** When an answer is kept. The policy of the original guide is `asks: 6`; by default an answer is kept at the first ask. */
export interface AdmissionPolicy {
  /** How often a question must have been asked. */
  readonly asks: number;
  /** UTF-16 code units of an answer that is kept however seldom it was asked for. */
  readonly characters: number;
  /** US dollars of an answer that is kept however seldom it was asked for. */
  readonly usd: number;
  /** 0..1: an answer that was judged lower is never kept. */
  readonly minimumQuality: number;
}

export interface Candidate {
  readonly asks: number;
  readonly characters: number;
  readonly usd: number;
  readonly finishReason: string | null;
  /** A stage before the model failed: the answer might be another with it. */
  readonly degraded: boolean;
  /** 0..1; null where nobody judged. */
  readonly quality: number | null;
}

export function admits(policy: AdmissionPolicy, candidate: Candidate): boolean {
  const { asks, characters, usd, finishReason, degraded, quality } = candidate;
  if (degraded || finishReason === 'LENGTH' || finishReason === 'CONTENT_FILTER' || characters === 0) return false;
  if (quality !== null && quality < policy.minimumQuality) return false;
  return asks >= policy.asks || characters >= policy.characters || usd >= policy.usd;
}
