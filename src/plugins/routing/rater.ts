import type { PluginContext, Turn } from '#core/plugin.ts';
import { within } from '#core/runtime/deadline.ts';
import type { Complexity, ComplexityModel } from './complexity.ts';

/** The encoder that the weights were trained with. */
const ENCODER = 'built-in:use-multilingual';
/** Milliseconds that a vector may take. Retrieval asks for the same one, so most often it is there. */
const PATIENCE = 50;
/** Ratings that are kept for the questions that follow, and the longest question that is kept; UTF-16 code units. */
const MOST_KEPT = 2_000;
const LONGEST_KEPT = 4_000;

/** Rates questions by their words and by their sentence vector; by words alone while the encoder is missing, slow or failing. */
export class Rater {
  readonly #model: ComplexityModel;
  readonly #encoder: PluginContext['embeddings'];
  readonly #patience: number;
  readonly #kept = new Map<string, Complexity>();

  constructor(
    model: ComplexityModel,
    { embeddingsNamed, deadlineFactor }: Pick<PluginContext, 'embeddingsNamed' | 'deadlineFactor'>,
  ) {
    this.#patience = PATIENCE * deadlineFactor;
    this.#model = model;
    this.#encoder = embeddingsNamed(ENCODER);
  }

  async rate({ content, history }: Pick<Turn, 'content' | 'history'>, signal: AbortSignal): Promise<Complexity> {
    const vector = await this.#vectorOf(content, signal);
    if (vector) this.#keep(content, this.#model.ofQuestion(content, vector));
    return this.#model.of(content, history, vector, (question) => this.#kept.get(question));
  }

  async #vectorOf(question: string, signal: AbortSignal): Promise<Float32Array | null> {
    if (!this.#encoder || question.trim() === '') return null;
    const [vector] =
      (await within(this.#patience, this.#encoder.embed([question], signal, 'query')).catch(() => [])) ?? [];
    return vector?.length === this.#model.dimensions ? vector : null;
  }

  #keep(question: string, complexity: Complexity): void {
    if (question.length > LONGEST_KEPT) return;
    this.#kept.delete(question);
    this.#kept.set(question, complexity);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MOST_KEPT && oldest !== undefined) this.#kept.delete(oldest);
  }
}
