/**
 * Places of a document's passages that tell what it is about: the first ones, then others in equal steps to its end, which begin its
 * later parts. In the order of the text.
 */
export function overviewOf(passages: number, wanted: number): number[] {
  if (passages <= wanted) return Array.from({ length: passages }, (_, place) => place);
  const first = Math.ceil(wanted / 2);
  const rest = wanted - first;
  const step = (passages - first) / rest;
  return [
    ...Array.from({ length: first }, (_, place) => place),
    ...Array.from({ length: rest }, (_, place) => first + Math.floor(place * step)),
  ];
}
