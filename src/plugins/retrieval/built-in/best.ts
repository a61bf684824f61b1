export interface Scored {
  readonly item: number;
  readonly score: number;
}

/** The best of many numbered items by score; of equal ones the lower number. A binary heap, its worst on top. */
export class Best {
  /** A score must be over this to be among them. */
  least = Number.NEGATIVE_INFINITY;
  readonly #count: number;
  readonly #items: Int32Array;
  readonly #scores: Float64Array;
  #size = 0;

  constructor(count: number) {
    this.#count = count;
    this.#items = new Int32Array(count);
    this.#scores = new Float64Array(count);
  }

  get full(): boolean {
    return this.#size === this.#count;
  }

  /** Items come by rising number. */
  offer(item: number, score: number): void {
    if (score <= this.least || this.#count === 0) return;
    if (this.#size < this.#count) {
      this.#size += 1;
      this.#rise(this.#size - 1, item, score);
    } else this.#sink(item, score);
    if (this.full) this.least = this.#scores[0] as number;
  }

  /** Best first. */
  sorted(): Scored[] {
    return Array.from({ length: this.#size }, (_, place) => ({
      item: this.#items[place] as number,
      score: this.#scores[place] as number,
    })).sort((a, b) => b.score - a.score || a.item - b.item);
  }

  #rise(from: number, item: number, score: number): void {
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!this.#isWorse(item, score, parent)) break;
      this.#move(parent, place);
      place = parent;
    }
    this.#put(place, item, score);
  }

  /** Takes the worst one's place. */
  #sink(item: number, score: number): void {
    let place = 0;
    for (let child = 1; child < this.#size; child = place * 2 + 1) {
      const right = child + 1;
      if (right < this.#size && this.#isWorse(this.#items[right] as number, this.#scores[right] as number, child))
        child = right;
      if (this.#isWorse(item, score, child)) break;
      this.#move(child, place);
      place = child;
    }
    this.#put(place, item, score);
  }

  #isWorse(item: number, score: number, than: number): boolean {
    const other = this.#scores[than] as number;
    return score < other || (score === other && item > (this.#items[than] as number));
  }

  #move(from: number, to: number): void {
    this.#put(to, this.#items[from] as number, this.#scores[from] as number);
  }

  #put(place: number, item: number, score: number): void {
    this.#items[place] = item;
    this.#scores[place] = score;
  }
}

/** The best entries, each by the best score of its rows, which come one after the other. */
export class BestByRows {
  readonly #best: Best;
  #entry = -1;
  #score = Number.NEGATIVE_INFINITY;

  constructor(count: number) {
    this.#best = new Best(count);
  }

  /** The lowest score in the list once it is full: a new score must exceed it. */
  get least(): number {
    return this.#best.least;
  }

  offer(entry: number, score: number): void {
    if (entry === this.#entry) this.#score = Math.max(this.#score, score);
    else {
      this.#best.offer(this.#entry, this.#score);
      this.#entry = entry;
      this.#score = score;
    }
  }

  /** Once all rows are offered. */
  done(): Best {
    this.#best.offer(this.#entry, this.#score);
    return this.#best;
  }
}
