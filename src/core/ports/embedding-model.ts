/** Turns texts into vectors. Name and dimensions are part of every index built with it. */
export interface EmbeddingModel {
  /** `provider:model`. */
  readonly name: string;
  /** The dimensions of the model's vectors, learned from its first answer and then kept. Errors as LanguageModel's. */
  dimensions(signal: AbortSignal): Promise<number>;
  /** Returns one unit vector for each text, in order. A query does not wait for passages. Errors as LanguageModel's. */
  embed(texts: readonly string[], signal: AbortSignal, purpose?: 'query' | 'passage'): Promise<readonly Float32Array[]>;
}
