/** When an answer is kept. The policy of the original guide is `asks: 6`; by default an answer is kept at the first ask. */
export interface AdmissionPolicy {
  /** Number of times that a question must have been asked. */
  readonly asks: number;
  /** An answer of at least this many UTF-16 code units is kept after its first ask. */
  readonly characters: number;
  /** An answer of at least this cost in US dollars is kept after its first ask. */
  readonly usd: number;
  /** 0..1: an answer that was judged lower is never kept. */
  readonly minimumQuality: number;
}

/** The policy that the settings describe. */
export const policyOf = (given: {
  readonly CACHE_ADMIT_ASKS: number;
  readonly CACHE_ADMIT_CHARACTERS: number;
  readonly CACHE_ADMIT_USD: number;
  readonly QUALITY_MINIMUM: number;
}): AdmissionPolicy => ({
  asks: given.CACHE_ADMIT_ASKS,
  characters: given.CACHE_ADMIT_CHARACTERS,
  usd: given.CACHE_ADMIT_USD,
  minimumQuality: given.QUALITY_MINIMUM,
});

export interface Candidate {
  readonly asks: number;
  readonly characters: number;
  readonly usd: number;
  readonly finishReason: string | null;
  /** A stage before the model failed: the answer might be another with it. */
  readonly degraded: boolean;
  /** 0..1. Null if the answer was not judged. */
  readonly quality: number | null;
}

export function admits(policy: AdmissionPolicy, candidate: Candidate): boolean {
  const { asks, characters, usd, finishReason, degraded, quality } = candidate;
  if (degraded || finishReason === 'LENGTH' || finishReason === 'CONTENT_FILTER' || characters === 0) return false;
  if (quality !== null && quality < policy.minimumQuality) return false;
  return asks >= policy.asks || characters >= policy.characters || usd >= policy.usd;
}
