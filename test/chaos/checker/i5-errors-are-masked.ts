import { ERROR_CATALOGUE } from '#core/errors.ts';
import type { ClientError } from '../history/records.ts';
import { type Invariant, ofKind } from './reading.ts';

/** What tells of the inside: stacks, paths, libraries, addresses, keys. */
const INSIDE =
  /\bat .*:\d+:\d+|node_modules|\/src\/|\.ts\b|prisma|postgres|redis|\bSQL\b|SELECT |ECONN|EPIPE|127\.0\.0\.1|Bearer [\w-]{8}|operator-key|pk_|\bundefined\b/i;

const problemOf = ({ code, message }: ClientError): string | undefined => {
  if (!(code in ERROR_CATALOGUE)) return `an error has the code ${code}, which is not in the catalogue: ${message}`;
  if (INSIDE.test(message)) return `an error tells of the inside: ${message}`;
  return undefined;
};

/** I5: errors are typed and masked. */
export const errorsAreMasked: Invariant = ({ records }) =>
  [
    ...ofKind(records, 'response').flatMap(({ errors }) => errors),
    ...ofKind(records, 'refused').flatMap(({ errors }) => errors),
    ...ofKind(records, 'event').flatMap(({ event }) => (event.error ? [event.error] : [])),
  ].flatMap((error) => problemOf(error) ?? []);
