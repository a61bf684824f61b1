/** `traditional simplified`, separated by bars. Of several simplified forms only the most frequent. */
declare const pairs: string;
export default pairs;
