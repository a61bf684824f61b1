import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { extname } from 'node:path';
import { acceptedEncoding, compressed, type Encoding } from './compression.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};
const SECURITY = {
  'content-security-policy':
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-cache',
};

interface PageFile {
  readonly content: Buffer;
  readonly hash: string;
  /** Compressed on first use. */
  readonly variants: Map<Encoding, Promise<Buffer>>;
  readonly headers: OutgoingHttpHeaders;
}

export function pageFile(content: Buffer, headers: OutgoingHttpHeaders): PageFile {
  const hash = createHash('sha256').update(content).digest('base64url').slice(0, 22);
  return { content, hash, variants: new Map(), headers };
}

/** Answers with a file, compressed where the client takes it; with nothing where the client has it. */
export async function answerFile(
  { content, hash, variants, headers }: PageFile,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const encoding = acceptedEncoding(request);
  const etag = `"${hash}${encoding ? `-${encoding}` : ''}"`;
  response.appendHeader('vary', 'Accept-Encoding');
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304, { ...headers, etag }).end();
    return;
  }
  const variant = encoding && (variants.get(encoding) ?? compressed(encoding, content));
  if (encoding && variant) variants.set(encoding, variant);
  const sent = (await variant) ?? content;
  response.writeHead(200, {
    ...headers,
    etag,
    'content-length': sent.length,
    ...(encoding ? { 'content-encoding': encoding } : {}),
  });
  response.end(request.method === 'HEAD' ? undefined : sent);
}

/** The first page: / and /assets/NAME, read once. Undefined for a path that is none of its. */
export function staticPage(directory: URL): (path: string) => PageFile | undefined {
  const files = new Map(
    readdirSync(directory).flatMap((name) => {
      const type = TYPES[extname(name)];
      const path = name === 'index.html' ? '/' : `/assets/${name}`;
      const content = readFileSync(new URL(name, directory));
      return type ? [[path, pageFile(content, { ...SECURITY, 'content-type': type })]] : [];
    }),
  );
  return (path) => files.get(path);
}
