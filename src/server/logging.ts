import { type Logger, pino } from 'pino';
import { listen } from '#core/runtime/diagnostics.ts';

/** Lines of JSON on standard output. Never what people wrote, nor a credential. */
export function logging(level: string): { readonly log: Logger; stop(): void } {
  const log = pino({
    level,
    base: null,
    redact: ['authorization', '*.authorization', '*.apiKey', '*.requestBodyValues', '*.responseBody'],
  });
  const ignore = [
    listen('parley:generation:end', ({ generationId, model, status, durationMs, firstTokenMs, errorCode }) =>
      log.info({ generationId, model, status, durationMs, firstTokenMs, errorCode }, 'generation ended'),
    ),
    listen('parley:warning', ({ source, message, error }) => log.warn({ source, err: summaryOf(error) }, message)),
  ];
  return {
    log,
    stop() {
      for (const stop of ignore) stop();
    },
  };
}

/** Name, message and where it came from: a library's own fields may hold requests and keys. */
function summaryOf(error: unknown, depth = 0): object | undefined {
  if (error === undefined || error === null) return undefined;
  if (!(error instanceof Error)) return { message: String(error).slice(0, 500) };
  const { name, message, stack, cause } = error;
  return {
    type: name,
    message: message.slice(0, 500),
    stack,
    ...(cause && depth < 3 ? { cause: summaryOf(cause, depth + 1) } : {}),
  };
}
