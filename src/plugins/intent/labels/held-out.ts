/** Examples that calibration looks at, and training does not. */
import type { LabelledText } from './labelled-text.ts';

/** One in this many examples is held out for calibration, up to a maximum. */
const HELD_OUT_EVERY = 10;
const MOST_HELD_OUT = 1_000;
/** Of a label with fewer examples than HELD_OUT_EVERY: the place of the one that is held out. */
const OF_FEW = 4;

/** Each tenth example of every label, the fourth of a label that has fewer; none of a label that has fewer than four. */
export function heldOutPlaces(texts: readonly LabelledText[]): Set<number> {
  const sizes = new Map<string, number>();
  for (const { label } of texts) sizes.set(label, (sizes.get(label) ?? 0) + 1);
  const seen = new Map<string, number>();
  const places = new Set<number>();
  for (const [at, { label }] of texts.entries()) {
    const count = (seen.get(label) ?? 0) + 1;
    seen.set(label, count);
    const every = (sizes.get(label) ?? 0) < HELD_OUT_EVERY ? OF_FEW : HELD_OUT_EVERY;
    if (count % every === 0 && places.size < MOST_HELD_OUT) places.add(at);
  }
  return places;
}
