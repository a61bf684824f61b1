/** Turns texts into vectors. Name and dimensions are part of every index built with it. */
export interface EmbeddingModel {
  /** `provider:model`. */
  readonly name: string;
  readonly dimensions: number;
  /** One unit vector a text, in order. Errors as LanguageModel's. */
  embed(texts: readonly string[], signal: AbortSignal): Promise<readonly Float32Array[]>;
}
