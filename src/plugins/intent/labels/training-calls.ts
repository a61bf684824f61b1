import type { LabelledText } from './labelled-text.ts';

/** What the training thread is asked: examples in, the bytes of a classifier out. */
export type TrainingCalls = {
  readonly train: { readonly asked: readonly LabelledText[]; readonly answer: Uint8Array };
};
