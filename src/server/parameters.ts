/** Reads the parameters of a request, by the rules of GraphQL over HTTP. */
import type { IncomingMessage } from 'node:http';
import { AppError } from '#core/errors.ts';
import { Refusal } from './refuse.ts';

export interface Parameters {
  readonly query: string;
  readonly operationName?: string | null;
  readonly variables?: Record<string, unknown> | null;
}

type RawParameters = Partial<Record<'query' | 'operationName' | 'variables' | 'extensions', unknown>>;

/** Undefined for JSON of the wrong form: Yoga reports the fault. */
export function parametersOf({ query, operationName, variables, extensions }: RawParameters): Parameters | undefined {
  const known =
    typeof query === 'string' &&
    isOptional(operationName, 'string') &&
    isOptional(variables, 'object') &&
    isOptional(extensions, 'object') &&
    !Array.isArray(variables) &&
    !Array.isArray(extensions);
  return known ? ({ query, operationName, variables } as Parameters) : undefined;
}

const IS_JSON = /^application\/json\s*(;\s*charset="?utf-8"?\s*)?$/i;

/**
 * The parameters of a GET or of a POST with this body; undefined as above, and for other methods. Throws a Refusal with 415 for a
 * body that is no JSON: a form of any web page may send such a one, and BAD_USER_INPUT for what cannot be parsed.
 */
export function readParameters(request: IncomingMessage, body: Buffer | undefined): Parameters | undefined {
  if (!body) return request.method === 'GET' ? parametersOfUrl(request.url ?? '') : undefined;
  if (!IS_JSON.test(request.headers['content-type'] ?? ''))
    throw new Refusal(415, 'UNSUPPORTED_MEDIA_TYPE', 'Send the request as application/json in UTF-8');
  return askedFor((parsed('The request body', body.toString('utf8')) ?? {}) as RawParameters);
}

function parametersOfUrl(url: string): Parameters | undefined {
  const given = Object.fromEntries(new URLSearchParams(url.slice(url.indexOf('?') + 1)));
  const { query, operationName } = given;
  const object = (name: 'variables' | 'extensions') => {
    const value = given[name] ? parsed(name, given[name]) : undefined;
    if (!isOptional(value, 'object') || Array.isArray(value))
      throw new AppError('BAD_USER_INPUT', `${name} is no JSON object`);
    return value;
  };
  return askedFor({ query, operationName, variables: object('variables'), extensions: object('extensions') });
}

/**
 * Queries are not stored by their hash. Apollo's and urql's links know this answer, and send the query itself from then on; its
 * status is Apollo Server's.
 */
function askedFor(parameters: RawParameters): Parameters | undefined {
  const { query, extensions } = parameters;
  const isHash = typeof extensions === 'object' && extensions !== null && 'persistedQuery' in extensions;
  if (isHash && (query === undefined || query === null || query === ''))
    throw new Refusal(200, 'BAD_USER_INPUT', 'PersistedQueryNotSupported', { 'cache-control': 'no-store' });
  return parametersOf(parameters);
}

function parsed(what: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new AppError('BAD_USER_INPUT', `${what} is no JSON`);
  }
}

const isOptional = (value: unknown, type: 'string' | 'object'): boolean =>
  value === undefined || value === null || typeof value === type;
