/** A team's classifier while it is trained, kept in a file, and in use. */
import { createHash } from 'node:crypto';
import { globSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Thread } from '#core/runtime/thread.ts';
import type { LabelledLine } from './labelled-text.ts';
import { decodeClassifier, type TeamClassifier } from './team-classifier.ts';
import type { TrainingCalls } from './training-calls.ts';

/** Raised when features or training change: a classifier in a file of another version is trained again. */
const VERSION = 2;
const SCRIPT = new URL('./training-worker.ts', import.meta.url);

export class TeamLabels {
  readonly examples: readonly LabelledLine[];
  readonly #directory: string;
  #classifier: TeamClassifier | null = null;
  #ready: Promise<void> | null = null;
  #thread: Thread<TrainingCalls> | null = null;

  constructor(examples: readonly LabelledLine[], directory: string) {
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
    await this.#thread?.end();
  }

  async #prepare(): Promise<void> {
    const texts = this.examples.map(({ text, label }) => ({ text, label }));
    const digest = createHash('sha256')
      .update(JSON.stringify([VERSION, texts]))
      .digest('hex')
      .slice(0, 32);
    const path = join(this.#directory, `labels-${digest}.model`);
    this.#classifier = kept(path);
    if (this.#classifier) return;
    this.#thread = new Thread<TrainingCalls>(() => undefined, SCRIPT);
    const bytes = await this.#thread.ask('train', texts);
    await this.#thread.end();
    this.#classifier = decodeClassifier(bytes);
    for (const old of globSync('labels-*.model', { cwd: this.#directory })) rmSync(join(this.#directory, old));
    writeFileSync(`${path}.new`, bytes);
    renameSync(`${path}.new`, path);
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
