/** Documents: parsed, held to the limits, validated, and remembered for texts that come again. */
import { type DocumentNode, GraphQLError, type GraphQLSchema, parse, specifiedRules, validate } from 'graphql';
import { begin } from '#core/runtime/work.ts';
import { checkLimits, type Extent, MAX_TOKENS } from './limits.ts';
import { WeightedCache } from './weighted-cache.ts';

export interface Prepared {
  /** Absent where the text cannot be parsed, or is over a limit. */
  readonly document?: DocumentNode;
  /** Empty where it may be executed. */
  readonly errors: readonly GraphQLError[];
}
/** A document within the limits, and how large it is. */
export type Checked = Extent & { readonly document: DocumentNode };

/** UTF-16 code units of all texts that are remembered, and of the longest. A tree takes 70 to 250 bytes a code unit. */
const MAX_REMEMBERED = 300_000;
const LONGEST_REMEMBERED = 10_000;
/** A short text counts as this many: its tree and its errors take memory too. */
const LEAST_WEIGHT = 1_000;
const MAX_ERRORS = 10;

export interface Documents {
  prepare(text: string): Prepared;
  /** The check of a document that `prepare` returned. */
  checked(document: DocumentNode): Checked | undefined;
}

export function documents(schema: GraphQLSchema): Documents {
  const remembered = new WeightedCache<string, Prepared>(MAX_REMEMBERED);
  const checked = new WeakMap<DocumentNode, Checked>();

  function prepareAnew(text: string): Prepared {
    try {
      const document = traced('parse', () => parse(text, { maxTokens: MAX_TOKENS }));
      checked.set(document, { document, ...checkLimits(schema, document) });
      const errors = traced('validate', () => validate(schema, document, specifiedRules, { maxErrors: MAX_ERRORS }));
      return { document, errors };
    } catch (error) {
      if (error instanceof GraphQLError) return { errors: [error] };
      throw error;
    }
  }

  return {
    prepare(text) {
      const known = remembered.get(text);
      if (known) return known;
      const prepared = prepareAnew(text);
      if (text.length <= LONGEST_REMEMBERED) remembered.set(text, prepared, Math.max(text.length, LEAST_WEIGHT));
      return prepared;
    },
    checked: (document) => checked.get(document),
  };
}

function traced<T>(kind: 'parse' | 'validate', step: () => T): T {
  const running = begin({ kind });
  try {
    return running.run(step);
  } finally {
    running.end();
  }
}
