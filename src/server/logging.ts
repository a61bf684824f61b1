import { type Logger, multistream, pino } from 'pino';
import { listen, type Warning } from '#core/runtime/diagnostics.ts';
import { traceIds } from '#core/runtime/work.ts';
import { type Redact, redactor } from './redact.ts';

export interface LoggingOptions {
  readonly level: string;
  /** Never logged, wherever they stand. */
  readonly secrets?: readonly string[];
  /** The process that writes, in each line: lines of several are read in one place. */
  readonly from?: { readonly service: string; readonly instance: string };
  /** Where lines go beside standard output. */
  readonly also?: { write(line: string): void } | undefined;
}
export interface Logging {
  readonly log: Logger;
  stop(): void;
}

/** Lines of JSON. Never what people wrote, nor a credential; the level is a word, and ids of the trace are added where there is one. */
export function logging({ level, secrets, from, also }: LoggingOptions): Logging {
  const options = {
    level,
    base: from ?? null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    mixin: () => traceIds() ?? {},
    // pino's own takes a summary for an error of the class Object, and writes its cause into its stack.
    serializers: { err: (summary: unknown) => summary },
    redact: ['authorization', '*.authorization', '*.apiKey', '*.requestBodyValues', '*.responseBody'],
  };
  const streams = [pino.destination(1), ...(also ? [also] : [])].map((stream) => ({ level: 'trace', stream }) as const);
  const log = also ? pino(options, multistream(streams)) : pino(options);
  const redact = redactor(secrets);
  const told = ({ level: as, source, message, error, ids, texts = [] }: Warning) =>
    log[as]({ source, ...ids, err: summaryOf(error, (words) => redact(words, texts)) }, redact(message, texts));
  const ignore = [
    listen('parley:generation:end', ({ generationId, model, status, durationMs, firstTokenMs, errorCode }) => {
      const as = errorCode === 'INTERNAL_SERVER_ERROR' ? 'error' : status === 'FAILED' ? 'warn' : 'info';
      log[as]({ generationId, model, status, durationMs, firstTokenMs, errorCode }, 'generation ended');
    }),
    listen('parley:warning', told),
  ];
  return {
    log,
    stop() {
      for (const stop of ignore) stop();
    },
  };
}

/** Name, message and where it came from: a library's own fields may hold requests and keys. */
function summaryOf(error: unknown, redact: Redact, depth = 0): object | undefined {
  if (error === undefined || error === null) return undefined;
  if (!(error instanceof Error)) return { message: redact(String(error)) };
  const { name, message, stack, cause } = error;
  const code = (error as { code?: unknown }).code;
  return {
    type: name,
    message: hasRequest(error) ? 'a provider refused' : redact(message),
    ...(typeof code === 'string' && /^\w{2,40}$/.test(code) ? { code } : {}),
    stack: framesOf(stack),
    ...(cause && depth < 3 ? { cause: summaryOf(cause, redact, depth + 1) } : {}),
  };
}

const MOST_FRAMES = 20;
/** The frames alone: a stack begins with the message. */
const framesOf = (stack = ''): string =>
  stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, MOST_FRAMES)
    .join('\n');

/** An error of the AI SDK repeats the provider's words, which may repeat the prompt. */
const hasRequest = (error: object): boolean => 'requestBodyValues' in error || 'responseBody' in error;
