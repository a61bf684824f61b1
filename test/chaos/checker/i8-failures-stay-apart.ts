import { type Invariant, short } from './reading.ts';

/** Refusals of a client without a credential that is in force: nothing is told, or nobody answered. */
const CLOSED: ReadonlySet<string> = new Set(['UNAUTHENTICATED', 'OVERLOADED', 'STORE_UNAVAILABLE', 'RATE_LIMITED']);

/**
 * I8: a plugin that fails never fails the turn (every replica runs one), and what protects fails closed: a client without a
 * credential is refused, whatever else is down.
 */
export const failuresStayApart: Invariant = ({ operations, state, bounds }) => {
  const problems: string[] = [];
  for (const { id, status, errorCode } of state.generations)
    if (status === 'FAILED' && !(bounds.mayFail && errorCode === 'STORE_UNAVAILABLE'))
      problems.push(`generation ${short(id)} failed with ${errorCode}`);
  for (const { request, response } of operations)
    if (request.name === 'anonymous' && response && !response.errors.some(({ code }) => CLOSED.has(code)))
      problems.push(`a client without a key was answered: ${response.body.slice(0, 100)}`);
  if (bounds.evaluated)
    for (const { id, status, isEvaluated } of state.generations)
      if (status === 'COMPLETE' && !isEvaluated) problems.push(`the complete answer of ${short(id)} has no evaluation`);
  return problems;
};
