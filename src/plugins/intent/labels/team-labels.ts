/** A team's classifier while it is trained, kept in a file, and in use. */
import { createHash } from 'node:crypto';
import { globSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EmbeddingModel } from '#core/ports/embedding-model.ts';
import { Thread } from '#core/runtime/thread.ts';
import type { LabelledLine } from './labelled-text.ts';
import { STRANGERS } from './strangers.ts';
import { decodeClassifier, type TeamClassifier, type TextVectors } from './team-classifier.ts';
import type { TrainingCalls } from './training-calls.ts';

/** Raised when features or training change: a classifier in a file of another version is trained again. */
const VERSION = 3;
const MOST_ENCODED = 20_000;
const SCRIPT = new URL('./training-worker.ts', import.meta.url);

export class TeamLabels {
  readonly examples: readonly LabelledLine[];
  readonly #directory: string;
  readonly #encoder: EmbeddingModel | null;
  readonly #stopping = new AbortController();
  #classifier: TeamClassifier | null = null;
  #ready: Promise<void> | null = null;
  #thread: Thread<TrainingCalls> | null = null;

  /** `encoder`: the built-in one; null where vectors are switched off. */
  constructor(examples: readonly LabelledLine[], directory: string, encoder: EmbeddingModel | null) {
    this.#encoder = encoder;
    this.examples = examples;
    this.#directory = directory;
  }

  /** Null until the classifier is trained. */
  get classifier(): TeamClassifier | null {
    return this.#classifier;
  }

  /** Reads the classifier from its file, or trains it in a thread and writes the file. Once; a failure may be tried again. */
  ready(): Promise<void> {
    this.#ready ??= this.#prepare().catch((error) => {
      this.#ready = null;
      throw error;
    });
    return this.#ready;
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error('stopped'));
    await this.#thread?.end();
  }

  async #prepare(): Promise<void> {
    const texts = this.examples.map(({ text, label }) => ({ text, label }));
    const digest = createHash('sha256')
      .update(JSON.stringify([VERSION, this.#encoder?.name ?? null, texts]))
      .digest('hex')
      .slice(0, 32);
    const path = join(this.#directory, `labels-${digest}.model`);
    this.#classifier = kept(path);
    if (this.#classifier) return;
    this.#thread = new Thread<TrainingCalls>(() => undefined, SCRIPT);
    const vectors = await this.#vectorsOf(texts.map(({ text }) => text));
    const bytes = await this.#thread.ask('train', { texts, vectors });
    await this.#thread.end();
    this.#classifier = decodeClassifier(bytes);
    // What was learned while the encoder failed is learned again at the next start.
    if (!vectors && this.#isEncoded) return;
    for (const old of globSync('labels-*.model', { cwd: this.#directory })) rmSync(join(this.#directory, old));
    writeFileSync(`${path}.new`, bytes);
    renameSync(`${path}.new`, path);
  }

  /** More examples than this would keep the encoder busy for long, and gain little: words tell then. */
  get #isEncoded(): boolean {
    return this.#encoder !== null && this.examples.length <= MOST_ENCODED;
  }

  /** Null without an encoder that answers: words alone are learned. */
  async #vectorsOf(texts: readonly string[]): Promise<TextVectors | null> {
    if (!this.#isEncoded) return null;
    const { signal } = this.#stopping;
    const vectors = await this.#encoder?.embed([...texts, ...STRANGERS], signal, 'passage').catch(() => null);
    signal.throwIfAborted();
    return vectors ? { texts: vectors.slice(0, texts.length), strangers: vectors.slice(texts.length) } : null;
  }
}

/** Null where there is no file, or one that is damaged. */
function kept(path: string): TeamClassifier | null {
  try {
    return decodeClassifier(readFileSync(path));
  } catch {
    return null;
  }
}
