/** What the encoder's thread is asked, and what it answers. */
export type EncoderCalls = {
  /** One unit vector a text, in order. A query goes before the passages that wait. */
  encode: {
    readonly asked: { readonly texts: readonly string[]; readonly purpose: 'query' | 'passage' };
    readonly answer: readonly Float32Array[];
  };
};
