/** The forms of settings’ values, as zod schemas. */
import { isIP } from 'node:net';
import { z } from 'zod';

export const wholeNumber = (least: number, most: number, fallback: number) =>
  z
    .string()
    .regex(/^\d+$/, `must be a whole number from ${least} to ${most}`)
    .transform(Number)
    .refine((value) => value >= least && value <= most, `must be a whole number from ${least} to ${most}`)
    .default(fallback);

export const url = (...protocols: string[]) =>
  z
    .string()
    .refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol.slice(0, -1)), {
      message: `must be a URL beginning with ${protocols.map((protocol) => `${protocol}://`).join(' or ')}`,
    })
    .optional();

export const text = z.string().optional();

/** Parts separated by commas. */
export const list = z
  .string()
  .transform((value) => value.split(',').flatMap((part) => part.trim() || []))
  .default([]);

const NAMED_NETWORKS: ReadonlySet<string> = new Set(['loopback', 'linklocal', 'uniquelocal']);
export const isNetwork = (text: string): boolean => {
  const [address = '', bits, ...rest] = text.split('/');
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return (
    NAMED_NETWORKS.has(text) ||
    (rest.length === 0 && most > 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most)))
  );
};

const MODEL_NAME = /^(openai-compatible|openai|anthropic|built-in):\S+$/;
export const model = z
  .string()
  .regex(
    MODEL_NAME,
    'must be provider:model with openai-compatible, openai or anthropic for provider, e.g. openai-compatible:llama3',
  )
  .optional();

export const embeddingModel = z
  .string()
  .regex(
    /^((openai-compatible|openai):\S+|built-in:use-multilingual|none)$/,
    'must be built-in:use-multilingual, none, or provider:model with openai-compatible or openai for provider, e.g. openai-compatible:bge-m3',
  )
  .default('built-in:use-multilingual');

export const share = (fallback: number) =>
  z
    .string()
    .regex(/^(0(\.\d+)?|1(\.0+)?|\.\d+)$/, 'must be a number from 0 to 1')
    .transform(Number)
    .default(fallback);

export const SAMPLERS = [
  ...(['always_on', 'always_off', 'traceidratio'] as const),
  ...(['parentbased_always_on', 'parentbased_always_off', 'parentbased_traceidratio'] as const),
] as const;

const dollars = z.number().nonnegative();
/** JSON: a value by a model's name. */
const tableOf = <T extends z.ZodType>(value: T, example: string) =>
  z
    .string()
    .transform((text, context) => {
      try {
        return z.record(z.string(), value).parse(JSON.parse(text));
      } catch {
        context.addIssue(`must be JSON such as ${example}`);
        return z.NEVER;
      }
    })
    .default({});

export const priceTable = tableOf(
  z.strictObject({
    ...{ input: dollars, output: dollars },
    ...{ cachedInput: dollars.exactOptional(), cacheWrite: dollars.exactOptional() },
  }),
  '{"openai:gpt-5":{"input":1.25,"output":10,"cachedInput":0.125}}, US dollars a million tokens',
);
export const contextTable = tableOf(z.number().int().positive(), '{"openai:gpt-5":400000}, tokens by model');
export const continuationTable = tableOf(
  z.enum(['assistant', 'prefix', 'vllm']),
  '{"openai-compatible:qwen":"vllm"}, with assistant, prefix or vllm by model',
);
