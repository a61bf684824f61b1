import type { LabelledText } from './labelled-text.ts';
import type { TextVectors } from './team-classifier.ts';

/** The calls of the training thread: examples in, the bytes of a classifier out. */
export type TrainingCalls = {
  readonly train: {
    readonly asked: { readonly texts: readonly LabelledText[]; readonly vectors: TextVectors | null };
    readonly answer: Uint8Array;
  };
};
