import type { PluginDriver } from '../hooks/driver.ts';
import type { DocumentStore } from '../ports/document-store.ts';
import type { RecalledAnswer, Turn } from '../turn.ts';
import { followGeneration, MOST_LEADERS } from './following.ts';
import type { ReadEvents } from './generation-events.ts';
import { verifiedCitations } from './stored-citations.ts';
import type { TurnRun } from './turn-run.ts';

interface RecallingParts {
  readonly driver: Pick<PluginDriver, 'recall'>;
  readonly documents: Pick<DocumentStore, 'passages'>;
  readonly readEvents: ReadEvents;
}

/** An earlier answer in place of a new one, or the answer that another turn gives to the same question now. */
export class Recalling {
  readonly #parts: RecallingParts;

  constructor(parts: RecallingParts) {
    this.#parts = parts;
  }

  /** True where an earlier answer is the answer. */
  async recall(turn: Turn, run: TurnRun): Promise<boolean> {
    if (turn.kind === 'regenerate' || run.text !== '') return false;
    for (let leaders = 0; leaders < MOST_LEADERS; leaders += 1) {
      const recalled = await this.#parts.driver.recall(turn, run);
      if (!recalled) return false;
      if (!('follow' in recalled)) return this.#replay(turn, recalled, run);
      if (leaders === 0) run.emit({ type: 'cache-answered', cache: recalled.cache });
      const answer = await followGeneration(this.#parts.readEvents, turn.viewer, recalled, run);
      if (answer) return this.#replay(turn, answer, run);
    }
    return false;
  }

  /** False where a citation of the answer holds no more: what was shown of it is taken back. */
  async #replay(turn: Turn, { cache, model, text, citations }: RecalledAnswer, run: TurnRun): Promise<boolean> {
    const verified = await verifiedCitations(this.#parts.documents, turn.viewer, citations).catch(() => null);
    if (!verified) {
      run.note('recall', 'SKIPPED', 'a citation of the recalled answer holds no more');
      run.replaceText('');
      return false;
    }
    run.cache = cache;
    run.model = model;
    if (run.text === '') {
      run.emit({ type: 'cache-answered', cache });
      run.addText(text);
    }
    run.endText();
    run.finishReason = 'STOP';
    run.citations = verified;
    for (const citation of verified) run.emit({ type: 'citation-added', citation });
    return true;
  }
}
