/** Turns texts into vectors. Name and dimensions are part of every index built with it. */
export interface EmbeddingModel {
  /** `provider:model`. */
  readonly name: string;
  /** Of its vectors; learned from the model's first answer, and remembered. Errors as LanguageModel's. */
  dimensions(signal: AbortSignal): Promise<number>;
  /** One unit vector a text, in order. A query does not wait behind passages. Errors as LanguageModel's. */
  embed(texts: readonly string[], signal: AbortSignal, purpose?: 'query' | 'passage'): Promise<readonly Float32Array[]>;
}
