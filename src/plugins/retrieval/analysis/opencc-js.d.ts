declare module 'opencc-js/dict/TSCharacters' {
  /** `traditional simplified`, between bars; of several simplified ones the most frequent alone. */
  const pairs: string;
  export default pairs;
}
