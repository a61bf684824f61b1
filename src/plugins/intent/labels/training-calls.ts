import type { LabelledText } from './labelled-text.ts';

/** The calls of the training thread: examples in, the bytes of a classifier out. */
export type TrainingCalls = {
  readonly train: { readonly asked: readonly LabelledText[]; readonly answer: Uint8Array };
};
