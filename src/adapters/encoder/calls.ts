/** The calls of the encoder's thread. */
export type EncoderCalls = {
  /** Returns one unit vector for each text, in order. A query is encoded before waiting passages. */
  encode: {
    readonly asked: { readonly texts: readonly string[]; readonly purpose: 'query' | 'passage' };
    readonly answer: readonly Float32Array[];
  };
};
